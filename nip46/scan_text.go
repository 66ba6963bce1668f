package nip46

import (
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/privyseal/privyseal/internal/plain"
)

// text reads a string and returns what is between its quotes, still escaped.
func (s *scanner) text() (raw string, err error) {
	if s.space() != '"' {
		return "", errSyntax
	}
	b, i := s.b, s.i+1
	for {
		i += plain.Prefix(b[min(i, len(b)):])
		if i+1 < len(b) && b[i] == '\\' {
			if escapes[b[i+1]] != 0 {
				i += 2
				continue
			}
			if _, ok := hex4(b[i+2:]); b[i+1] != 'u' || !ok {
				return "", errSyntax
			}
			i += 6
			continue
		}
		if i >= len(b) || b[i] != '"' {
			return "", errSyntax
		}
		raw, s.i = b[s.i+1:i], i+1
		if !utf8.ValidString(raw) {
			s.note(errors.New("text is not valid UTF-8"))
		}
		return raw, nil
	}
}

// escapes maps the letter of a short escape to what it stands for.
var escapes = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

func hex4(b string) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range []byte(b[:4]) {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c && c <= 'f':
			c -= 'a' - 10
		case 'A' <= c && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// unquote undoes the escapes of a string that text has read. A lone surrogate
// has no meaning and is a fault.
func (s *scanner) unquote(raw string) string {
	i := plain.Prefix(raw)
	if i == len(raw) {
		return strings.Clone(raw)
	}
	var out strings.Builder
	out.Grow(len(raw)) // no escape is shorter than its meaning
	for from := 0; ; {
		out.WriteString(raw[from:i])
		if i == len(raw) {
			return out.String()
		}
		next := i + 2
		switch c := raw[i+1]; c {
		case '"', '\\', '/': // it stands for itself, as the beginning of what comes next
			from = i + 1
		case 'u':
			r, size := s.unicode(raw[i:])
			out.WriteRune(r)
			next = i + size
			from = next
		default:
			out.WriteByte(escapes[c])
			from = next
		}
		i = next + plain.Prefix(raw[next:])
	}
}

// unicode decodes the \u escape at the front of raw, or the two of a surrogate
// pair, and returns how many bytes it took.
func (s *scanner) unicode(raw string) (r rune, size int) {
	r, _ = hex4(raw[2:])
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	if len(raw) >= 12 && raw[6] == '\\' && raw[7] == 'u' {
		low, _ := hex4(raw[8:])
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, 12
		}
	}
	s.note(errors.New("text has half of a surrogate pair"))
	return utf8.RuneError, 6
}
