package nostr

import (
	"unicode/utf16"
	"unicode/utf8"

	"github.com/privyseal/privyseal/internal/plain"
)

// raw reads a string at its opening quote and returns what stands between the
// quotes, valid UTF-8, and whether it has escapes.
func (s *scanner) raw() (seg []byte, escaped bool) {
	start := s.i + 1
	for i := start; i < len(s.b); {
		i += plain.Prefix(s.b[i:])
		switch {
		case i == len(s.b):
		case s.b[i] == '\\':
			escaped = true
			i += 2
		case s.b[i] == '"':
			seg, s.i = s.b[start:i], i+1
			if !utf8.Valid(seg) {
				s.fail(errUTF8)
				return nil, false
			}
			return seg, escaped
		default:
			i = len(s.b) // a raw control character
		}
	}
	s.fail(errJSON)
	return nil, false
}

// appendText appends the string at whose opening quote the scanner stands.
func (s *scanner) appendText(dst []byte) []byte {
	seg, escaped := s.raw()
	if escaped {
		return s.unescape(dst, seg)
	}
	return append(dst, seg...)
}

// text is the string at whose opening quote the scanner stands; it is valid
// until the next string is read.
func (s *scanner) text() []byte {
	seg, escaped := s.raw()
	if !escaped {
		return seg
	}
	n := len(s.buf)
	s.buf = s.unescape(s.buf, seg)
	text := s.buf[n:]
	s.buf = s.buf[:n]
	return text
}

// unescape appends what stands between a string's quotes, with its escapes resolved.
func (s *scanner) unescape(dst, seg []byte) []byte {
	for {
		n := plain.Prefix(seg)
		dst = append(dst, seg[:n]...)
		if n == len(seg) {
			return dst
		}
		seg = seg[n+1:] // raw saw to it that a byte follows the backslash
		c := seg[0]
		seg = seg[1:]
		switch c {
		case '"', '\\', '/':
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
			r, ok := hex4(seg)
			if !ok {
				s.fail(errJSON)
				return dst
			}
			seg = seg[4:]
			if utf16.IsSurrogate(r) {
				low := rune(0)
				if len(seg) >= 6 && seg[0] == '\\' && seg[1] == 'u' {
					low, _ = hex4(seg[2:])
				}
				if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
					s.fail(errSurrogate)
					return dst
				}
				seg = seg[6:]
			}
			dst = utf8.AppendRune(dst, r)
			continue
		default:
			s.fail(errJSON)
			return dst
		}
		dst = append(dst, c)
	}
}

// hex4 reads the four hex digits, of either case, of a \u escape.
func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// gather reads a string into the scratch memory; see build.
func (s *scanner) gather(err error) {
	if s.peek() != '"' {
		s.fail(err)
		return
	}
	s.buf = s.appendText(s.buf)
	s.ends = append(s.ends, len(s.buf))
}

// split cuts text, which begins where the first gathered string begins, into
// the gathered strings. They share its memory.
func (s *scanner) split(text string, start int) []string {
	list := make([]string, len(s.ends))
	for i, end := range s.ends {
		list[i] = text[start:end]
		start = end
	}
	return list
}
