package nip46

import (
	"fmt"
	"net/url"
	"strings"
)

// cutParam takes one name=value off the front of a query, up to the next of
// marks. '+' is a blank, as in forms, in a name or a list, but itself in a
// secret or a URL.
func cutParam(s, marks string) (name, value, rest string) {
	if raw, ok := strings.CutPrefix(s, "metadata={"); ok {
		if end := jsonEnd("{" + raw); end > 0 { // raw JSON may hold '&' and '#'
			return "metadata", s[len("metadata="):][:end], s[len("metadata="):][end:]
		}
	}
	s, rest = cutAny(s, marks)
	name, value, _ = strings.Cut(s, "=")
	name = strings.ToLower(unescape(name, false))
	return name, unescape(value, name == "name" || name == "perms" || name == "metadata"), rest
}

// cutAny splits before the first of the bytes in set.
func cutAny(s, set string) (head, tail string) {
	if i := strings.IndexAny(s, set); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// jsonEnd is the length of the JSON value s begins with, or 0.
func jsonEnd(s string) int {
	sc := scanner{b: s}
	if _, err := sc.value(1); err != nil {
		return 0
	}
	return sc.i
}

// unescape undoes percent-encoding; text that is not properly encoded is taken
// as it is.
func unescape(s string, plusIsBlank bool) string {
	if plusIsBlank {
		s = strings.ReplaceAll(s, "+", " ")
	}
	if t, err := url.PathUnescape(s); err == nil {
		return t
	}
	return s
}

// escape percent-encodes every byte but letters, digits and those in keep.
func escape(s, keep string) string {
	var out strings.Builder
	for i := range len(s) {
		c := s[i]
		if isAlnum(c) || strings.IndexByte(keep, c) >= 0 {
			out.WriteByte(c)
		} else {
			fmt.Fprintf(&out, "%%%02X", c)
		}
	}
	return out.String()
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
