package nostr

import "sync"

// scanner reads strict JSON (RFC 8259, UTF-8). The first error sticks and moves
// it to the end of its input, so that every loop over [scanner.next] ends.
type scanner struct {
	b   []byte
	i   int
	err error

	// Strings are gathered here and copied out in one piece by build.
	buf     []byte
	ends    []int // end in buf of each tag's or list's string
	tagEnds []int // number of strings up to the end of each tag
}

// keepScratch is the most scratch memory, in bytes, that waits in a pool.
const keepScratch = 256 << 10

var scanners = sync.Pool{New: func() any { return new(scanner) }}

func newScanner(b []byte, max int) *scanner {
	s := scanners.Get().(*scanner)
	s.b, s.i, s.err = b, 0, nil
	s.reset()
	if len(b) > max {
		s.fail(ErrTooLarge)
	}
	return s
}

// reset forgets the strings gathered so far.
func (s *scanner) reset() {
	s.buf, s.ends, s.tagEnds = s.buf[:0], s.ends[:0], s.tagEnds[:0]
}

// finish expects the end of the input, gives the scanner back and returns its error.
func (s *scanner) finish() error {
	if s.space(); s.i < len(s.b) {
		s.fail(errTrailing)
	}
	err := s.err
	s.b, s.err = nil, nil
	if cap(s.buf)+8*cap(s.ends) <= keepScratch {
		scanners.Put(s)
	}
	return err
}

func (s *scanner) fail(err error) {
	if s.err == nil {
		s.err = err
	}
	s.i = len(s.b)
}

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\n', '\r', '\t':
			s.i++
		default:
			return
		}
	}
}

// peek is the next byte after white space, or 0 at the end.
func (s *scanner) peek() byte {
	if s.space(); s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

// open expects c, the beginning of an object or array.
func (s *scanner) open(c byte, err error) {
	if s.peek() != c {
		s.fail(err)
		return
	}
	s.i++
}

// next reports whether the n-th member (from 0) of the object or array that
// end closes follows, and moves to it; otherwise it moves behind the end.
func (s *scanner) next(n int, end byte) bool {
	c := s.peek()
	if c == end && s.err == nil {
		s.i++
		return false
	}
	if n > 0 {
		if c != ',' {
			s.fail(errJSON)
			return false
		}
		s.i++
		c = s.peek()
	}
	if c == 0 || c == ']' || c == '}' {
		s.fail(errJSON)
	}
	return s.err == nil
}

// key reads an object's key and the colon behind it. It is valid until the
// next string is read.
func (s *scanner) key() []byte {
	if s.peek() != '"' {
		s.fail(errJSON)
		return nil
	}
	key := s.text()
	if s.peek() != ':' {
		s.fail(errJSON)
		return nil
	}
	s.i++
	return key
}

// integer reads an integer from 0 to max, without sign, fraction or exponent.
func (s *scanner) integer(max int64, err error) int64 {
	s.space()
	start, n := s.i, int64(0)
	for ; s.i < len(s.b); s.i++ {
		d := int64(s.b[s.i]) - '0'
		if d < 0 || d > 9 {
			break
		}
		if n > (max-d)/10 {
			s.fail(err)
			return 0
		}
		n = n*10 + d
	}
	digits := s.i - start
	if digits == 0 || digits > 1 && s.b[start] == '0' {
		s.fail(err)
		return 0
	}
	if s.i < len(s.b) && (s.b[s.i] == '.' || s.b[s.i]|0x20 == 'e') {
		s.fail(err)
		return 0
	}
	return n
}

// hex reads a string of exactly len(dst)*2 lower-case hex digits. When it
// fails dst is zero.
func (s *scanner) hex(dst []byte, err error) {
	s.space()
	b := s.b[s.i:]
	n := 2 * len(dst)
	if len(b) < n+2 || b[0] != '"' || b[n+1] != '"' || !decodeHex(dst, b[1:n+1]) {
		clear(dst)
		s.fail(err)
		return
	}
	s.i += n + 2
}

// literal expects a word such as true.
func (s *scanner) literal(word string) {
	if b := s.b[s.i:]; len(b) < len(word) || string(b[:len(word)]) != word {
		s.fail(errJSON)
		return
	}
	s.i += len(word)
}
