package nip46

import (
	"errors"
	"strings"
)

const (
	// MaxMessageSize bounds a decrypted request or response, in bytes.
	MaxMessageSize = 1 << 20

	maxDepth    = 8   // deeper JSON is refused, but still read for its id
	maxNesting  = 512 // deeper JSON is not read any further
	maxKeys     = 32  // keys of a message
	maxParams   = 64
	maxIDSize   = 256
	maxNameSize = 64 // of a method
)

// scanner reads one JSON text once, strictly. Faults that leave the rest
// readable are kept in fault, so that a message's id is still found and an
// error can be answered; a syntax error ends the reading.
type scanner struct {
	b     string
	i     int
	fault error
}

var errSyntax = errors.New("not valid JSON")

func (s *scanner) note(err error) {
	if s.fault == nil {
		s.fault = err
	}
}

// space skips white space and returns the next byte, or 0 at the end.
func (s *scanner) space() byte {
	for s.i < len(s.b) {
		switch c := s.b[s.i]; c {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return c
		}
	}
	return 0
}

// value reads any value and returns its JSON.
func (s *scanner) value(depth int) (raw string, err error) {
	c := s.space()
	start := s.i
	switch {
	case c == '"':
		_, err = s.text()
	case c == '{' || c == '[':
		err = s.container(c, depth)
	case c == '-' || '0' <= c && c <= '9':
		err = s.number()
	default:
		err = s.literal()
	}
	return s.b[start:s.i], err
}

func (s *scanner) container(open byte, depth int) error {
	if depth > maxDepth {
		s.note(errors.New("the message is nested too deeply"))
	}
	if depth > maxNesting {
		return errSyntax
	}
	end := open + 2 // '{' and '}', '[' and ']' are two apart
	s.i++
	if s.space() == end {
		s.i++
		return nil
	}
	for {
		if open == '{' {
			if _, err := s.text(); err != nil {
				return err
			}
			if s.space() != ':' {
				return errSyntax
			}
			s.i++
		}
		if _, err := s.value(depth + 1); err != nil {
			return err
		}
		more, err := s.more(end)
		if !more {
			return err
		}
	}
}

// more reads the comma before another element, or the end of the container.
func (s *scanner) more(end byte) (bool, error) {
	switch s.space() {
	case ',':
		s.i++
		return true, nil
	case end:
		s.i++
		return false, nil
	}
	return false, errSyntax
}

func (s *scanner) number() error {
	digits := func() bool {
		from := s.i
		for s.i < len(s.b) && '0' <= s.b[s.i] && s.b[s.i] <= '9' {
			s.i++
		}
		return s.i > from
	}
	at := func(set string) bool {
		return s.i < len(s.b) && strings.IndexByte(set, s.b[s.i]) >= 0
	}
	if at("-") {
		s.i++
	}
	if at("0") {
		s.i++
	} else if !digits() {
		return errSyntax
	}
	if at(".") {
		s.i++
		if !digits() {
			return errSyntax
		}
	}
	if at("eE") {
		s.i++
		if at("+-") {
			s.i++
		}
		if !digits() {
			return errSyntax
		}
	}
	return nil
}

var literals = [...]string{"null", "true", "false"}

func (s *scanner) literal() error {
	for _, l := range literals {
		if strings.HasPrefix(s.b[s.i:], l) {
			s.i += len(l)
			return nil
		}
	}
	return errSyntax
}

// fields reads an object and calls visit at each value. A key that comes twice
// is a fault: two readers could understand two different messages.
func (s *scanner) fields(visit func(key string) error) error {
	if s.space() != '{' {
		return errSyntax
	}
	s.i++
	if s.space() == '}' {
		s.i++
		return nil
	}
	var seen [maxKeys]string
	for n := 0; ; n++ {
		key, err := s.text()
		if err != nil {
			return err
		}
		if strings.IndexByte(key, '\\') >= 0 {
			key = s.unquote(key)
		}
		if s.space() != ':' {
			return errSyntax
		}
		s.i++
		s.space()
		if n == maxKeys {
			s.note(errors.New("the message has too many keys"))
		}
		for _, k := range seen[:min(n, maxKeys)] {
			if k == key {
				s.note(errors.New("the message has the same key twice"))
			}
		}
		if n < maxKeys {
			seen[n] = key
		}
		if err := visit(key); err != nil {
			return err
		}
		if more, err := s.more('}'); !more {
			return err
		}
	}
}

// end reports white space only after the value.
func (s *scanner) end() error {
	if s.space() != 0 || s.i < len(s.b) {
		return errSyntax
	}
	return nil
}
