package nip46

import (
	"errors"
	"fmt"
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
		if entry == "" {
			return nil, fmt.Errorf("permission %d is empty: there is a comma too many", i+1)
		}
		p, err := parsePermission(entry)
		if err != nil {
			return nil, fmt.Errorf("permission %d (%q): %w", i+1, shorten(entry), err)
		}
		same := slices.IndexFunc(perms, p.SameScope)
		switch {
		case same < 0:
			perms = append(perms, p)
		case perms[same].String() != p.String():
			return nil, fmt.Errorf("permission %d (%q): it has other limits than %q before it; keep one of them", i+1, shorten(entry), perms[same])
		}
	}
	return perms, nil
}

// SameScope reports whether q covers exactly the same operations as p, whatever
// their limits.
func (p Permission) SameScope(q Permission) bool {
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

// String is the canonical form, which [ParsePermissions] reads back as the
// same permission.
func (p Permission) String() string { return string(p.Append(nil)) }

// Append appends what String answers.
func (p *Permission) Append(dst []byte) []byte {
	dst = append(dst, p.Method...)
	if p.Kind != nil {
		dst = strconv.AppendUint(append(dst, ':'), uint64(*p.Kind), 10)
	}
	if p.Target != "" {
		dst = append(append(dst, '@'), targetEscaper.Replace(p.Target)...)
	}
	if p.Budget != (Budget{}) {
		dst = strconv.AppendInt(append(dst, '#'), int64(p.Budget.N), 10)
		dst = append(append(dst, '/'), formatWindow(p.Budget.Per)...)
	}
	if p.For != 0 {
		dst = append(append(dst, '~'), formatSpan(p.For)...)
	}
	return dst
}
