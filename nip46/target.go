package nip46

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"github.com/privyseal/privyseal/nostr"
)

// parseTarget reads what stands after @: a third party's key, or the relay or
// host that an event is for.
func parseTarget(m Method, s string) (string, error) {
	switch {
	case m.hasPeer():
		pk, err := nostr.ParsePubKey(s)
		if err != nil {
			return "", errors.New("after @ must stand a public key: an npub or 64 hex digits")
		}
		return pk.String(), nil
	case m != SignEvent:
		return "", errors.New("only sign_event and the nip04 and nip44 methods take a target after @")
	case strings.Contains(s, "://"):
		u, err := nostr.NormalizeRelayURL(s)
		if err != nil || strings.ContainsFunc(s, notGraphic) {
			return "", errors.New("after @ must stand a relay (wss://relay.example) or a host (site.example)")
		}
		return u, nil
	case !isHost(s):
		return "", errors.New("after @ must stand a relay (wss://relay.example) or a host (site.example; one with other letters in its xn-- form)")
	}
	return strings.ToLower(s), nil
}

// notGraphic reports what a URL in ASCII does not hold, blanks among it.
func notGraphic(r rune) bool { return r <= ' ' || r >= 0x7f }

// isHost reports a host name or address in ASCII, with or without a port.
func isHost(s string) bool {
	if strings.HasPrefix(s, "[") {
		s6, port, ok := strings.Cut(s[1:], "]")
		_, err := netip.ParseAddr(s6)
		return ok && err == nil && !strings.Contains(s6, "%") && (port == "" || isPort(port))
	}
	name, port := cutAny(s, ":")
	if port != "" && !isPort(port) || len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if c := label[i]; !isAlnum(c) && c != '-' {
				return false
			}
		}
	}
	return true
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(strings.TrimPrefix(s, ":"), 10, 16)
	return err == nil && n > 0 && s == ":"+strconv.FormatUint(n, 10)
}

// targetEscaper keeps a target from being read as limits or another entry.
var targetEscaper = strings.NewReplacer("#", "%23", "~", "%7E", ",", "%2C")
