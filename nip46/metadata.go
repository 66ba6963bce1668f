package nip46

import (
	"encoding/json"
	"strings"
	"unicode"
)

const (
	maxNameRunes    = 300
	maxURLSize      = 300
	maxCallbackSize = 2048
)

// clientMetadata is metadata with the permissions that older clients put
// inside.
type clientMetadata struct {
	Metadata
	perms   string
	authURL bool
}

// parseMetadata reads a JSON object; a field of the wrong type is passed over.
func parseMetadata(s string) (m clientMetadata, ok bool) {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, "{") || len(s) > MaxLinkSize {
		return m, false
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(s), &fields) != nil {
		return m, false
	}
	text := func(name string) string {
		var one string
		if json.Unmarshal(fields[name], &one) == nil {
			return one
		}
		return ""
	}
	list := func(name string) []string {
		var many []string
		if json.Unmarshal(fields[name], &many) == nil {
			return many
		}
		return nil
	}
	m.Name = cleanName(text("name"))
	m.URL = cleanURL(text("url"), maxURLSize)
	for _, image := range append([]string{text("image"), text("icon")}, list("icons")...) {
		if m.Image = cleanURL(image, maxURLSize); m.Image != "" {
			break
		}
	}
	m.perms = clean(firstOf(text("perms"), strings.Join(list("perms"), ",")))
	var says bool
	m.authURL = json.Unmarshal(fields["auth_url"], &says) == nil && says
	return m, true
}

// isControl reports what must not stand in a single line of text.
func isControl(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}

// clean removes control characters, bytes that are not text, and the white
// space around it.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if isControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(s)
}

func cleanName(s string) string {
	return strings.TrimSpace(firstRunes(clean(s), maxNameRunes))
}

// firstRunes is at most n characters of s.
func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// cleanURL drops a URL that is too long: cut short, it could name another host.
func cleanURL(s string, most int) string {
	if s = clean(s); len(s) > most {
		return ""
	}
	return s
}
