package nostr

// skip reads any value of at most the given depth and forgets it.
func (s *scanner) skip(depth int) {
	switch c := s.peek(); c {
	case '"':
		s.text()
	case '{', '[':
		if depth == 0 {
			s.fail(errDepth)
			return
		}
		s.i++
		for n := 0; s.next(n, c+2); n++ { // '{'+2 is '}', '['+2 is ']'
			if c == '{' {
				s.key()
			}
			s.skip(depth - 1)
		}
	case 't':
		s.literal("true")
	case 'f':
		s.literal("false")
	case 'n':
		s.literal("null")
	default:
		s.number()
	}
}

// number reads any JSON number and forgets it.
func (s *scanner) number() {
	take := func(chars string) bool {
		for i := 0; s.i < len(s.b) && i < len(chars); i++ {
			if s.b[s.i] == chars[i] {
				s.i++
				return true
			}
		}
		return false
	}
	digits := func() {
		start := s.i
		for s.i < len(s.b) && '0' <= s.b[s.i] && s.b[s.i] <= '9' {
			s.i++
		}
		if s.i == start {
			s.fail(errJSON)
		}
	}
	take("-")
	if !take("0") {
		digits()
	}
	if take(".") {
		digits()
	}
	if take("eE") {
		take("+-")
		digits()
	}
}
