package nip46

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/privyseal/privyseal/nostr"
)

const (
	// MaxLinkSize bounds a pairing link, in bytes.
	MaxLinkSize = 8 << 10

	maxSecretSize = 512
	maxRelays     = 20
)

const (
	bunkerScheme  = "bunker:"
	connectScheme = "nostrconnect:"
)

// Why a link could not be used. Each says what to do about it.
var (
	// ErrNoSecret: a nostrconnect:// link without a secret.
	ErrNoSecret = errors.New("the link has no secret, so a stranger could answer it first and take the app's place: ask the app for a new link")
	// ErrNoRelay: a link that names no relay we could use.
	ErrNoRelay = errors.New("the link names no relay that can be used (they look like wss://relay.example): ask for a new link")
	// ErrNotLink: the text is no pairing link of the kind expected.
	ErrNotLink = errors.New("this is not the pairing link that is needed here: copy the whole link, from bunker:// or nostrconnect:// to its end")
)

// ParseLink parses a pairing link of either kind; exactly one of bunker and
// connect is set when err is nil. It also takes the web+nostrconnect: and
// web+bunker: forms in which a browser hands links to a web page.
func ParseLink(s string) (bunker *BunkerURI, connect *ConnectURI, err error) {
	if s, err = plainLink(s); err != nil {
		return nil, nil, err
	}
	switch {
	case hasScheme(s, bunkerScheme):
		bunker, err = ParseBunker(s)
	case hasScheme(s, connectScheme):
		connect, err = ParseConnect(s)
	default:
		err = ErrNotLink
	}
	return bunker, connect, err
}

func hasScheme(s, scheme string) bool {
	return len(s) >= len(scheme) && strings.EqualFold(s[:len(scheme)], scheme)
}

// plainLink checks what holds for every link and takes off white space and the
// browser's wrapper.
func plainLink(s string) (string, error) {
	if len(s) > 2*MaxLinkSize {
		return "", fmt.Errorf("the link is longer than %d bytes: copy only the link", MaxLinkSize)
	}
	s = unwrap(strings.TrimSpace(s))
	switch {
	case len(s) > MaxLinkSize:
		return "", fmt.Errorf("the link is longer than %d bytes: copy only the link", MaxLinkSize)
	case strings.ContainsFunc(s, isControl):
		return "", errors.New("the link is broken by a line break or a control character: copy it again in one piece")
	case !utf8.ValidString(s):
		return "", errors.New("the link has bytes that are not text: copy it again")
	}
	return s, nil
}

// unwrap takes the link out of web+nostrconnect:…, where it may be repeated
// whole, and percent-encoded, after the colon.
func unwrap(s string) string {
	const wrapper = "web+"
	if !hasScheme(s, wrapper) {
		return s
	}
	inner := s[len(wrapper):]
	_, rest, _ := strings.Cut(inner, ":")
	for _, scheme := range []string{bunkerScheme, connectScheme} {
		if !hasScheme(inner, scheme) {
			continue
		}
		if whole := unescape(rest, false); hasScheme(whole, scheme) {
			if hasScheme(rest, scheme) {
				return rest
			}
			return whole
		}
		return scheme + "//" + strings.TrimLeft(rest, "/")
	}
	return s
}

// link is a pairing link taken apart: values are decoded, names are not
// interpreted yet.
type link struct {
	key    nostr.PubKey
	relays []string
	secret string
	other  map[string]string // the first that is not empty
}

// parseLink reads scheme://<key>[/]?name=value&…. A bunker link may carry its
// secret after '#', before or behind the query; in an app's link '#' is part of
// a value, since some do not encode the URLs in it.
func parseLink(s, scheme string) (*link, error) {
	s, err := plainLink(s)
	if err != nil {
		return nil, err
	}
	if !hasScheme(s, scheme+"//") {
		return nil, notLink(s)
	}
	s = s[len(scheme)+2:]
	marks := "&"
	if scheme == bunkerScheme {
		marks = "&#"
	}
	host, rest := cutAny(s, "?#")
	l := &link{other: make(map[string]string)}
	if l.key, err = nostr.ParsePubKey(strings.TrimSuffix(host, "/")); err != nil {
		return nil, fmt.Errorf("the link does not begin with a public key (64 hex digits or an npub after %s//): copy the whole link", scheme)
	}
	var given bool // any relay, good or bad
	for rest != "" {
		var name, value string
		if scheme == bunkerScheme && rest[0] == '#' {
			name = "secret"
			value, rest = cutAny(rest[1:], "?&")
			value = unescape(value, false)
		} else {
			name, value, rest = cutParam(rest[1:], marks)
		}
		switch {
		case value == "":
		case name == "relay":
			given = true
			l.addRelays(value)
		case name == "secret":
			if err := l.setSecret(value); err != nil {
				return nil, err
			}
		case l.other[name] == "":
			l.other[name] = value
		}
	}
	if given && len(l.relays) == 0 {
		return nil, ErrNoRelay
	}
	return l, nil
}

// notLink says what a text is instead of the link that was expected.
func notLink(s string) error {
	switch {
	case hasScheme(s, bunkerScheme+"//"):
		return fmt.Errorf("%w (this is a signer's bunker:// link: give it to the app)", ErrNotLink)
	case hasScheme(s, connectScheme+"//"):
		return fmt.Errorf("%w (this is an app's nostrconnect:// link: give it to the signer)", ErrNotLink)
	}
	return ErrNotLink
}

// addRelays keeps the relay of a parameter, or those of one that was encoded
// twice or lists several, as some apps write it.
func (l *link) addRelays(value string) {
	if l.addRelay(value) {
		return
	}
	for one := range strings.SplitSeq(unescape(value, false), ",") {
		l.addRelay(one)
	}
}

// addRelay keeps a relay once, in the order given; one that cannot be used is
// dropped.
func (l *link) addRelay(s string) (usable bool) {
	u, err := nostr.NormalizeRelayURL(strings.TrimSpace(s))
	if err == nil && len(l.relays) < maxRelays && !slices.Contains(l.relays, u) {
		l.relays = append(l.relays, u)
	}
	return err == nil
}

func (l *link) setSecret(s string) error {
	switch {
	case len(s) > maxSecretSize:
		return fmt.Errorf("the link's secret is longer than %d bytes: ask for a new link", maxSecretSize)
	case !utf8.ValidString(s) || strings.ContainsFunc(s, isControl):
		return errors.New("the link's secret has characters that are not text: ask for a new link")
	case l.secret != "" && l.secret != s:
		return errors.New("the link has two different secrets: ask for a new link")
	}
	l.secret = s
	return nil
}
