package watch

import (
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// Action is what a key asks for. The zero value is nothing.
type Action struct {
	Quit     bool
	ID       string // of the question or group to answer, "" for none
	Approve  bool
	Remember string // how long the answer counts, "" for just this time
	Words    string // the name of the words that were shown
	Typed    string // the number, where the question asks for one
}

// Key handles what was typed at once: a letter, or an arrow's sequence.
func (s *Screen) Key(key string, now time.Time) Action {
	if key == "\x03" || key == "\x04" {
		return Action{Quit: true}
	}
	q, any := s.current()
	if s.typing {
		return s.number(key, q, now)
	}
	switch key {
	case "q":
		return Action{Quit: true}
	case "\x1b[A", "\x1bOA", "k":
		s.step(-1, now)
	case "\x1b[B", "\x1bOB", "j":
		s.step(1, now)
	case "d":
		s.details = !s.details
	case "o":
		s.open(q, now)
	case "r":
		if any {
			s.remember = (s.remember + 1) % len(choices(q))
		}
	case "y":
		if any && q.Yes != "" && s.ready(q, true, now) {
			if q.Type == "" {
				return s.answer(q, true, true)
			}
			s.typing, s.typed = true, ""
		}
	case "n", "N":
		if any && s.ready(q, false, now) {
			return s.answer(q, false, key == "N")
		}
	default:
		if len(key) == 1 && key[0] >= '1' && key[0] <= '9' && int(key[0]-'1') < len(s.cards) {
			s.pick(s.cards[key[0]-'1'].ID, now)
		}
	}
	return Action{}
}

// number takes the number that stands for a yes: its last digit is the answer,
// no Enter needed, and anything but a digit ends it.
func (s *Screen) number(key string, q control.QuestionInfo, now time.Time) Action {
	want := digits(q.Type)
	switch {
	case len(key) == 1 && key[0] >= '0' && key[0] <= '9':
		s.typed += key
	case key == "\x7f" || key == "\b":
		s.typed = s.typed[:max(0, len(s.typed)-1)]
	case key == "," || key == ".": // as it is written
	default:
		s.typing = false
	}
	switch {
	case s.typed == want && s.typing && s.ready(q, true, now):
		s.typing = false
		a := s.answer(q, true, true)
		a.Typed = s.typed
		return a
	case !strings.HasPrefix(want, s.typed):
		s.typing, s.note = false, "That is not the number. Nothing was done."
	}
	return Action{}
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

func (s *Screen) answer(q control.QuestionInfo, yes, long bool) Action {
	a := Action{ID: q.ID, Approve: yes, Words: q.Words}
	if c := choices(q)[s.remember]; c != "once" && long {
		a.Remember = c
	}
	return a
}

// open shows or hides a group's list.
func (s *Screen) open(q control.QuestionInfo, now time.Time) {
	switch {
	case q.ID == s.opened:
		s.opened = ""
	case len(q.Items) > 0:
		s.opened = q.ID
	default:
		for _, c := range s.cards { // from within: back to the group
			if c.ID == s.opened && slices.ContainsFunc(c.Items, func(i control.QuestionInfo) bool { return i.ID == q.ID }) {
				s.opened = ""
				s.pick(c.ID, now)
			}
		}
	}
}

// step selects the row so far away.
func (s *Screen) step(by int, now time.Time) {
	rows := s.rows()
	i := slices.IndexFunc(rows, func(r row) bool { return r.ID == s.selected })
	if i += by; i >= 0 && i < len(rows) {
		s.pick(rows[i].ID, now)
	}
}
