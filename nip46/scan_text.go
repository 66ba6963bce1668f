package nip46

import (
	"errors"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// stop marks the bytes that end a plain run inside a string.
var stop = func() (t [256]bool) {
	for c := range 0x20 {
		t[c] = true
	}
	t['"'], t['\\'] = true, true
	return t
}()

// text reads a string and returns what is between its quotes, still escaped.
func (s *scanner) text() (raw []byte, err error) {
	if s.space() != '"' {
		return nil, errSyntax
	}
	b, i := s.b, s.i+1
	for {
		for i < len(b) && !stop[b[i]] {
			i++
		}
		if i+1 < len(b) && b[i] == '\\' {
			if escapes[b[i+1]] != 0 {
				i += 2
				continue
			}
			if _, ok := hex4(b[i+2:]); b[i+1] != 'u' || !ok {
				return nil, errSyntax
			}
			i += 6
			continue
		}
		if i >= len(b) || b[i] != '"' {
			return nil, errSyntax
		}
		raw, s.i = b[s.i+1:i], i+1
		if !utf8.Valid(raw) {
			s.note(errors.New("text is not valid UTF-8"))
		}
		return raw, nil
	}
}

// escapes maps the letter of a short escape to what it stands for.
var escapes = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
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
func (s *scanner) unquote(raw []byte) string {
	var out strings.Builder
	from, i := 0, 0
	for i < len(raw) {
		if raw[i] != '\\' {
			i++
			continue
		}
		if from == 0 {
			out.Grow(len(raw)) // no escape is shorter than its meaning
		}
		out.Write(raw[from:i])
		if c := raw[i+1]; c != 'u' {
			out.WriteByte(escapes[c])
			i += 2
		} else {
			r, size := s.unicode(raw[i:])
			out.WriteRune(r)
			i += size
		}
		from = i
	}
	if from == 0 {
		return string(raw)
	}
	out.Write(raw[from:])
	return out.String()
}

// unicode decodes the \u escape at the front of raw, or the two of a surrogate
// pair, and returns how many bytes it took.
func (s *scanner) unicode(raw []byte) (r rune, size int) {
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
