// Package watch is the live screen of open questions: what it shows, and what
// keys do. It draws lines and answers actions; it refuses to talk to a terminal
// or to the signer itself.
//
// The rules of this screen:
//   - The question's own words come first, technical details only on request.
//   - Yes and no carry their verbs, and Enter answers nothing. A new question
//     never moves the one that is selected.
//   - What comes under the finger takes no answer for a moment; what is serious
//     takes no yes for two seconds, and none but the number it names when much
//     would be lost.
//   - How long an answer counts is shown on the yes itself; r changes it.
//   - A group is answered at once, or opened and answered one by one. An answer
//     is to what was shown: it carries the name of the words.
//   - Nothing is told by colour alone. Foreign text never steers the terminal.
//   - It works in 40 columns; lines are wrapped, never cut.
package watch

import (
	"slices"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// How long a question takes no answer after it came under the finger, and no
// yes when it is serious (T31).
const (
	armAfter     = 700 * time.Millisecond
	armSeriously = 2 * time.Second
)

// Screen is the screen's state. The zero value is empty and ready.
type Screen struct {
	Printable func(string) string // makes foreign text safe to show

	cards    []control.QuestionInfo
	opened   string    // the group whose list is open, by id
	selected string    // id of a card or of a group's question
	moved    time.Time // when something else came under the finger by itself
	shown    time.Time // when the selected one was first shown as it is
	remember int       // index into the choices
	details  bool
	typing   bool   // the number is being typed
	typed    string // so far
	note     string
}

// Update takes a card that is new or has changed.
func (s *Screen) Update(q control.QuestionInfo, now time.Time) {
	was, had := s.current()
	i := slices.IndexFunc(s.cards, func(o control.QuestionInfo) bool { return o.ID == q.ID })
	live := q.State == "open" || q.State == "waiting"
	switch {
	case live && i < 0:
		s.cards = append(s.cards, q)
	case live:
		s.cards[i] = q
	case i >= 0:
		s.cards = slices.Delete(s.cards, i, i+1)
		if q.State != "grouped" && q.State != "changed" {
			s.note = "Done (" + q.State + "): " + q.Title
		}
	}
	is, has := s.current()
	switch {
	case !has && len(s.cards) > 0:
		s.pick(s.cards[min(max(i, 0), len(s.cards)-1)].ID, now)
		if had {
			s.moved = now
		}
	case had && has && (is.Words != was.Words || is.State != was.State || is.ID != was.ID):
		s.pick(is.ID, now)
		s.moved = now
	}
}

// Note shows a line below the questions until the next one.
func (s *Screen) Note(text string) { s.note = text }

// row is a line that can be selected: a card, or a question of an open group.
type row struct {
	control.QuestionInfo
	inside bool
}

func (s *Screen) rows() (out []row) {
	for _, c := range s.cards {
		out = append(out, row{c, false})
		if c.ID == s.opened {
			for _, item := range c.Items {
				out = append(out, row{item, true})
			}
		}
	}
	return out
}

// current is the selected question.
func (s *Screen) current() (control.QuestionInfo, bool) {
	for _, r := range s.rows() {
		if r.ID == s.selected {
			return r.QuestionInfo, true
		}
	}
	return control.QuestionInfo{}, false
}

// pick selects a question and forgets what was set for another.
func (s *Screen) pick(id string, now time.Time) {
	s.selected, s.details, s.typing, s.typed, s.shown, s.moved = id, false, false, "", now, time.Time{}
	q, _ := s.current()
	s.remember = max(0, slices.Index(choices(q), q.Usual))
}

// ready reports whether the selected question takes this answer now.
func (s *Screen) ready(q control.QuestionInfo, yes bool, now time.Time) bool {
	if now.Sub(s.moved) < armAfter {
		return false
	}
	return !yes || !serious(q) || now.Sub(s.shown) >= armSeriously
}

func serious(q control.QuestionInfo) bool { return q.Level >= "L3" }

// choices are the times an answer may count for, "once" for just this time.
func choices(q control.QuestionInfo) []string {
	if len(q.Remember) == 0 {
		return []string{"once"}
	}
	return q.Remember
}

// lasts words the chosen one.
func (s *Screen) lasts(q control.QuestionInfo) string {
	if s.remember < len(q.Lasts) {
		return q.Lasts[s.remember]
	}
	if c := choices(q)[s.remember]; c != "once" {
		return "for " + c
	}
	return ""
}
