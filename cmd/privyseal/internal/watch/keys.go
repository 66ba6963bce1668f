package watch

// Action is what a key asks for. The zero value is nothing.
type Action struct {
	Quit     bool
	ID       string // of the question to answer, "" for none
	Approve  bool
	Remember string // how long a yes counts, "" for just this time
	Typed    string // what was typed where the question asks for it
	Words    string // names the words that were shown
}

// Key handles what was typed at once: a letter, or an arrow's sequence.
func (s *Screen) Key(key string) Action {
	i := s.index()
	switch key {
	case "q", "\x03", "\x04":
		return Action{Quit: true}
	case "\x1b[A", "\x1bOA", "k":
		s.pick(i - 1)
	case "\x1b[B", "\x1bOB", "j":
		s.pick(i + 1)
	case "d":
		s.details = !s.details
	case "r":
		if i >= 0 {
			s.remember = (s.remember + 1) % len(choices(s.open[i]))
		}
	case "y":
		if i >= 0 {
			return Action{ID: s.selected, Approve: true, Remember: choices(s.open[i])[s.remember], Typed: s.typed, Words: s.open[i].Words}
		}
	case "\x7f", "\b":
		s.typed = s.typed[:max(0, len(s.typed)-1)]
	case "n":
		if i >= 0 {
			return Action{ID: s.selected}
		}
	default:
		if i >= 0 && s.open[i].Type != "" {
			s.typed += digit(key)
			break
		}
		if len(key) == 1 && key[0] >= '1' && key[0] <= '9' && int(key[0]-'1') < len(s.open) {
			s.pick(int(key[0] - '1'))
		}
	}
	return Action{}
}

// digit is a key if it is one, up to what a number needs.
func digit(key string) string {
	if len(key) == 1 && key[0] >= '0' && key[0] <= '9' {
		return key
	}
	return ""
}
