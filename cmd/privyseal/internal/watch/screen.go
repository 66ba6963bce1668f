// Package watch is the live screen of open questions: what it shows, and what
// keys do. It draws lines and answers actions; it refuses to talk to a terminal
// or to the signer itself.
//
// The rules of this screen:
//   - The question's own words come first, technical details only on request.
//   - Yes and no carry their verbs; no default, no Enter: a stray key answers
//     nothing. A new question never moves the one that is selected.
//   - A yes is for just this time unless r chose a longer one, which is shown
//     on the yes itself and forgotten with the next question.
//   - Where a question asks for a number, digits are taken for it, and select
//     nothing.
//   - Nothing is told by colour alone. Foreign text never steers the terminal.
//   - It works in 40 columns; lines are wrapped, never cut.
package watch

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// Screen is the screen's state. The zero value is empty and ready.
type Screen struct {
	Printable func(string) string // makes foreign text safe to show

	open     []control.QuestionInfo
	selected string // id
	remember int    // index into the choices; 0 is just this time
	details  bool
	typed    string // where the question asks for a number
	note     string
}

// Update takes a question that is new or has changed.
func (s *Screen) Update(q control.QuestionInfo) {
	i := slices.IndexFunc(s.open, func(o control.QuestionInfo) bool { return o.ID == q.ID })
	switch {
	case q.State == "open" && i < 0:
		s.open = append(s.open, q)
	case q.State == "open":
		s.open[i] = q
	case i >= 0:
		s.open = slices.Delete(s.open, i, i+1)
		s.note = "Done (" + q.State + "): " + q.Title
		if q.ID == s.selected {
			s.pick(i)
		}
	}
	if s.index() < 0 {
		s.pick(0)
	}
}

// Note shows a line below the questions until the next one.
func (s *Screen) Note(text string) { s.note = text }

func (s *Screen) index() int {
	return slices.IndexFunc(s.open, func(o control.QuestionInfo) bool { return o.ID == s.selected })
}

// pick selects the i-th question, as far as there is one.
func (s *Screen) pick(i int) {
	s.remember, s.details, s.selected, s.typed = 0, false, "", ""
	if len(s.open) > 0 {
		s.selected = s.open[min(max(i, 0), len(s.open)-1)].ID
	}
}

// choices are the times a yes may count for, "" for just this time.
func choices(q control.QuestionInfo) []string {
	out := []string{""}
	for _, r := range q.Remember {
		if r != "once" {
			out = append(out, r)
		}
	}
	return out
}

// Render draws the screen in width columns.
func (s *Screen) Render(width int, now time.Time) []string {
	width = max(width, 20)
	if len(s.open) == 0 {
		return append(s.wrap("No question is open. This screen shows the next one.", width, ""), s.foot("q leaves", width)...)
	}
	var out []string
	for i, q := range s.open {
		if q.ID != s.selected {
			out = append(out, s.wrap(fmt.Sprintf("  %d  %s", i+1, q.Title), width, "     ")...)
			continue
		}
		out = append(out, s.wrap(fmt.Sprintf("▸ %d  %s", i+1, q.Title), width, "     ")...)
		if q.Quote != "" {
			out = append(out, s.wrap("       “"+q.Quote+"”", width, "       ")...)
		}
		for _, l := range q.Lines {
			out = append(out, s.wrap("     "+l, width, "     ")...)
		}
		if left := q.Deadline.Sub(now); left > 0 {
			out = append(out, s.wrap(fmt.Sprintf("     %d s left; silence is no", int(left.Seconds())), width, "     ")...)
		}
		if s.details {
			for _, d := range q.Details {
				out = append(out, s.wrap("     "+d.Name+": "+d.Value, width, "       ")...)
			}
		}
		if q.Type != "" {
			out = append(out, s.wrap("     "+q.Type+"? "+s.typed+"_", width, "     ")...)
		}
		out = append(out, s.wrap("     [y] "+q.Yes+s.forHowLong(q)+"   [n] "+q.No, width, "     ")...)
	}
	keys := "↑ ↓ or a number selects · d details · q leaves"
	if i := s.index(); i >= 0 && len(choices(s.open[i])) > 1 {
		keys = "↑ ↓ or a number selects · r remember · d details · q leaves"
	}
	return append(out, s.foot(keys, width)...)
}

func (s *Screen) forHowLong(q control.QuestionInfo) string {
	c := choices(q)[s.remember]
	if i := slices.Index(q.Remember, c); i >= 0 && i < len(q.Lasts) && s.remember > 0 {
		return " (" + q.Lasts[i] + ")"
	}
	if c != "" {
		return " (and for " + c + ")"
	}
	return ""
}

func (s *Screen) foot(keys string, width int) []string {
	out := []string{""}
	if s.note != "" {
		out = append(out, s.wrap(s.note, width, "")...)
	}
	return append(out, s.wrap(keys, width, "")...)
}

// wrap breaks text at blanks, or anywhere when a word is too long.
func (s *Screen) wrap(text string, width int, indent string) []string {
	if s.Printable != nil {
		text = s.Printable(text)
	}
	var out []string
	runes := []rune(text)
	for columns(runes) > width {
		cut := fit(runes, width)
		for i := cut; i > len([]rune(indent)); i-- {
			if runes[i] == ' ' {
				cut = i
				break
			}
		}
		out = append(out, strings.TrimRight(string(runes[:cut]), " "))
		runes = []rune(indent + strings.TrimLeft(string(runes[cut:]), " "))
	}
	return append(out, string(runes))
}
