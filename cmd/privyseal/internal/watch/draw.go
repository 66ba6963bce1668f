package watch

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// Render draws the screen in width columns.
func (s *Screen) Render(width int, now time.Time) []string {
	width = max(width, 20)
	if len(s.cards) == 0 {
		return append(s.wrap("No question is open. This screen shows the next one.", width, ""), s.foot("q leaves", width)...)
	}
	var out []string
	n := 0
	for _, r := range s.rows() {
		mark, number := "  ", "·"
		if !r.inside {
			n++
			number = fmt.Sprint(n)
		}
		if r.ID == s.selected {
			mark = "▸ "
		}
		indent := "     "
		if r.inside {
			mark, indent = "   "+mark, "        "
		}
		out = append(out, s.wrap(fmt.Sprintf("%s%s  %s", mark, number, r.Title), width, indent)...)
		if r.ID == s.selected {
			out = append(out, s.whole(r.QuestionInfo, width, indent, now)...)
		} else if r.inside && r.Quote != "" {
			out = append(out, s.wrap(indent+"“"+r.Quote+"”", width, indent)...)
		}
	}
	return append(out, s.foot(s.keys(), width)...)
}

// whole is all that is shown of the selected question.
func (s *Screen) whole(q control.QuestionInfo, width int, indent string, now time.Time) (out []string) {
	put := func(text string) { out = append(out, s.wrap(indent+text, width, indent)...) }
	if q.Quote != "" {
		out = append(out, s.wrap(indent+"  “"+q.Quote+"”", width, indent+"  ")...)
	}
	for _, l := range q.Lines {
		put(l)
	}
	if q.ID != s.opened {
		for _, item := range q.Items {
			put("· " + item.Title)
			if item.Quote != "" {
				put("  “" + item.Quote + "”")
			}
		}
	}
	switch left := q.Deadline.Sub(now); {
	case q.State == "waiting" && left > 0:
		put(fmt.Sprintf("%d s left to stop it", int(left.Seconds())))
	case left > 0:
		put(fmt.Sprintf("%d s left; silence is no", int(left.Seconds())))
	}
	if s.details {
		for _, d := range q.Details {
			out = append(out, s.wrap(indent+d.Name+": "+d.Value, width, indent+"  ")...)
		}
	}
	put(s.buttons(q, now))
	return out
}

func (s *Screen) buttons(q control.QuestionInfo, now time.Time) string {
	if s.typing {
		return fmt.Sprintf("To go on, type %s: %s_", q.Type, s.typed)
	}
	yes, no := q.Yes, "[n] "+q.No
	if l := s.lasts(q); l != "" {
		yes += " (" + l + ")"
	}
	if wait := armSeriously - now.Sub(s.shown); serious(q) && wait > 0 {
		yes = fmt.Sprintf("[ ] %s in %d s", yes, int((wait+time.Second-1)/time.Second))
	} else {
		yes = "[y] " + yes
	}
	switch {
	case q.Yes == "":
		return no
	case q.SafeFirst || serious(q):
		return no + "   " + yes
	}
	return yes + "   " + no
}

func (s *Screen) keys() string {
	keys := []string{"↑ ↓ or a number selects"}
	q, any := s.current()
	if any && len(choices(q)) > 1 {
		keys = append(keys, "r how long", "N refuses for as long")
	}
	if len(q.Items) > 0 || slices.ContainsFunc(s.rows(), func(r row) bool { return r.inside && r.ID == s.selected }) {
		keys = append(keys, "o one by one")
	}
	return strings.Join(append(keys, "d details", "q leaves"), " · ")
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
	if 2*len(indent) > width {
		indent = ""
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
