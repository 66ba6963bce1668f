package nip46

import (
	"fmt"
	"slices"
	"strings"
)

// ParseRequested parses what a client asks for, which is a suggestion to the
// person and never a grant: names in any case, white space, "sign_event:" for
// any kind. Entries it cannot read are skipped and returned, cleaned and cut
// short, so that they can be shown. At most 200 entries and 8 KiB are read; one
// last skipped entry counts what was left.
func ParseRequested(s string) (perms []Permission, skipped []string) {
	left := 0
	if len(s) > maxPermissionsSize {
		cut := strings.LastIndexByte(s[:maxPermissionsSize+1], ',')
		left = 1 + strings.Count(s[max(cut+1, 0):], ",")
		s = s[:max(cut, 0)]
	}
	n := 0
	for entry := range strings.SplitSeq(s, ",") {
		entry = clean(entry)
		if entry == "" {
			continue
		}
		if n++; n > maxPermissions {
			left++
			continue
		}
		p, err := parsePermission(tidy(entry))
		switch {
		case err != nil:
			skipped = append(skipped, shorten(entry))
		case !slices.ContainsFunc(perms, func(q Permission) bool { return q.String() == p.String() }):
			perms = append(perms, p)
		}
	}
	if left > 0 {
		skipped = append(skipped, fmt.Sprintf("… and %d more", left))
	}
	return perms, skipped
}

// tidy brings a client's spelling to the strict form: the method in lower case,
// no white space around it and its kind, no empty kind.
func tidy(s string) string {
	what, scope := cutAny(s, "@#~")
	name, kind, _ := strings.Cut(what, ":")
	m := Method(strings.ToLower(strings.TrimSpace(name)))
	if kind = strings.TrimSpace(kind); kind != "" {
		return string(m) + ":" + kind + scope
	}
	if m != SignEvent && strings.Contains(what, ":") {
		return s // only sign_event means any kind by none
	}
	return string(m) + scope
}

const maxSkippedRunes = 80

// shorten cuts what is only shown.
func shorten(s string) string {
	if cut := firstRunes(s, maxSkippedRunes); cut != s {
		return cut + "…"
	}
	return s
}
