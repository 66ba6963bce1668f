package nip46

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

const (
	maxPermissions     = 200
	maxPermissionsSize = 8 << 10
	maxBudget          = 1_000_000
	maxSpan            = 3650 * 24 * time.Hour
)

// ParsePermissions parses our own permission lists strictly: NIP-46's
// method[:kind], separated by commas, with three scopes of ours, in this order:
//
//	sign_event:22242@wss://relay.example   at this relay, or host, only
//	nip44_decrypt@<npub or hex>            with this person only
//	sign_event:1#20/h                      20 times an hour; s, m, h, d
//	sign_event:1~30d                       for 30 days; s, m, h, d, w
//
// Budget and end may change places. An entry that comes twice is kept once; the
// same scope with two different limits is an error. Empty text is no
// permission. Errors name the entry and say what is allowed.
func ParsePermissions(s string) ([]Permission, error) {
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	if len(s) > maxPermissionsSize {
		return nil, fmt.Errorf("the permission list is longer than %d bytes", maxPermissionsSize)
	}
	entries := strings.Split(s, ",")
	if len(entries) > maxPermissions {
		return nil, fmt.Errorf("the permission list has %d entries; %d are allowed", len(entries), maxPermissions)
	}
	perms := make([]Permission, 0, len(entries))
	for i, entry := range entries {
		entry = strings.TrimSpace(entry)
		p, err := parsePermission(entry)
		if err != nil {
			return nil, fmt.Errorf("permission %d (%q): %w", i+1, entry, err)
		}
		same := slices.IndexFunc(perms, p.sameScope)
		switch {
		case same < 0:
			perms = append(perms, p)
		case perms[same].String() != p.String():
			return nil, fmt.Errorf("permission %d (%q): it has other limits than %q before it; keep one of them", i+1, entry, perms[same])
		}
	}
	return perms, nil
}

// sameScope reports whether q covers exactly the same operations as p.
func (p Permission) sameScope(q Permission) bool {
	sameKind := p.Kind == nil && q.Kind == nil ||
		p.Kind != nil && q.Kind != nil && *p.Kind == *q.Kind
	return p.Method == q.Method && sameKind && p.Target == q.Target
}

// parsePermission parses method[:kind][@target][#budget][~end].
func parsePermission(s string) (p Permission, err error) {
	scope, limits := cutAny(s, "#~")
	what, target, hasTarget := strings.Cut(scope, "@")
	name, kind, hasKind := strings.Cut(what, ":")
	p.Method = Method(name)
	if !slices.Contains(grantable, p.Method) {
		return p, fmt.Errorf("no such method; allowed are %s", grantableNames())
	}
	if hasKind {
		if p.Method != SignEvent {
			return p, errors.New("only sign_event takes a kind")
		}
		if p.Kind, err = parseKind(kind); err != nil {
			return p, err
		}
	}
	if hasTarget {
		if p.Target, err = parseTarget(p.Method, target); err != nil {
			return p, err
		}
	}
	return p, p.parseLimits(limits)
}

func grantableNames() string {
	names := make([]string, len(grantable))
	for i, m := range grantable {
		names[i] = string(m)
	}
	return strings.Join(names, ", ")
}

func parseKind(s string) (*nostr.Kind, error) {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil || strconv.FormatUint(n, 10) != s {
		return nil, errors.New("the kind must be one number from 0 to 65535, as in sign_event:1")
	}
	k := nostr.Kind(n)
	return &k, nil
}

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
		if err != nil || strings.ContainsFunc(u, func(r rune) bool { return r <= ' ' }) {
			return "", errors.New("after @ must stand a relay (wss://relay.example) or a host (site.example)")
		}
		return u, nil
	case !isHost(s):
		return "", errors.New("after @ must stand a relay (wss://relay.example) or a host (site.example; one with other letters in its xn-- form)")
	}
	return strings.ToLower(s), nil
}

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

// String is the canonical form, which [ParsePermissions] reads back as the
// same permission.
func (p Permission) String() string {
	s := string(p.Method)
	if p.Kind != nil {
		s += ":" + strconv.FormatUint(uint64(*p.Kind), 10)
	}
	if p.Target != "" {
		s += "@" + targetEscaper.Replace(p.Target)
	}
	if p.Budget != (Budget{}) {
		s += "#" + strconv.Itoa(p.Budget.N) + "/" + strings.TrimPrefix(formatSpan(p.Budget.Per), "1")
	}
	if p.For != 0 {
		s += "~" + formatSpan(p.For)
	}
	return s
}

// targetEscaper keeps a target from being read as limits or another entry.
var targetEscaper = strings.NewReplacer("#", "%23", "~", "%7E", ",", "%2C")
