package nip46

import (
	"bytes"
	"errors"
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
			n, ok := escapeLen(b[i:])
			if !ok {
				return nil, errSyntax
			}
			i += n
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

// escapeLen is the length of the escape b starts with.
func escapeLen(b []byte) (int, bool) {
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, true
	case 'u':
		_, ok := hex4(b[2:])
		return 6, ok
	}
	return 0, false
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
	at := bytes.IndexByte(raw, '\\')
	if at < 0 {
		return string(raw)
	}
	out := make([]byte, 0, len(raw))
	for at >= 0 {
		out = append(out, raw[:at]...)
		c := raw[at+1]
		raw = raw[at+2:]
		switch c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			var r rune
			r, raw = s.unicode(raw)
			out = utf8.AppendRune(out, r)
			at = bytes.IndexByte(raw, '\\')
			continue
		}
		out = append(out, c)
		at = bytes.IndexByte(raw, '\\')
	}
	return string(append(out, raw...))
}

// unicode decodes the digits of a \u escape, and those of a second one when
// the two are a surrogate pair.
func (s *scanner) unicode(raw []byte) (rune, []byte) {
	r, _ := hex4(raw)
	raw = raw[4:]
	if !utf16.IsSurrogate(r) {
		return r, raw
	}
	if len(raw) >= 6 && raw[0] == '\\' && raw[1] == 'u' {
		low, _ := hex4(raw[2:])
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, raw[6:]
		}
	}
	s.note(errors.New("text has half of a surrogate pair"))
	return utf8.RuneError, raw
}
