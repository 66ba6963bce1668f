package watch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/internal/control"
)

var now = time.Unix(1700000000, 0)

func asked(id, title string, remember ...string) control.QuestionInfo {
	return control.QuestionInfo{
		ID: id, State: "open", Title: title, Yes: "Post it", No: "Don't post", Remember: remember,
		Lines: []string{"You named this app."}, Quote: "hello", Deadline: now.Add(time.Minute),
		Details: []control.DetailInfo{{Name: "Kind", Value: "1"}},
	}
}

func shown(s *Screen) string { return strings.Join(s.Render(80, now), "\n") }

// TestScreen walks through a session at the screen.
func TestScreen(t *testing.T) {
	s := &Screen{}
	if !strings.Contains(shown(s), "No question is open") {
		t.Error(shown(s))
	}
	for _, key := range []string{"y", "n", "r", "d", "1", "\x1b[A", "x", "\r"} {
		if s.Key(key) != (Action{}) {
			t.Errorf("%q does something without a question", key)
		}
	}
	s.Update(asked("a", "First?", "once", "1h", "30d"))
	s.Update(asked("b", "Second?"))
	for _, text := range []string{"▸ 1  First?", "  2  Second?", "[y] Post it", "[n] Don't post", "60 s left; silence is no", "“hello”", "r remember"} {
		if !strings.Contains(shown(s), text) {
			t.Errorf("no %q:\n%s", text, shown(s))
		}
	}
	if strings.Contains(shown(s), "Kind: 1") {
		t.Error("details unasked")
	}
	if s.Key("d"); !strings.Contains(shown(s), "Kind: 1") {
		t.Error("no details")
	}
	if s.Key("r"); !strings.Contains(shown(s), "Post it (and for 1h)") {
		t.Errorf("remember is not on the yes:\n%s", shown(s))
	}
	if got := s.Key("y"); got != (Action{ID: "a", Approve: true, Remember: "1h"}) {
		t.Errorf("%+v", got)
	}
	s.Key("\x1b[B")
	if got := s.Key("y"); got != (Action{ID: "b", Approve: true}) {
		t.Errorf("the memory went on to the next question: %+v", got)
	}
	if s.Key("r"); strings.Contains(shown(s), "(and for") {
		t.Error("what cannot be remembered is")
	}
	if got := s.Key("n"); got != (Action{ID: "b"}) {
		t.Errorf("%+v", got)
	}
	s.Key("1")
	s.Update(asked("c", "Third?")) // never moves the selection
	if got := s.Key("n"); got.ID != "a" {
		t.Errorf("%+v", got)
	}
	over := asked("a", "First?")
	over.State = "approved"
	s.Update(over)
	if !strings.Contains(shown(s), "Done (approved): First?") || s.Key("n").ID != "b" {
		t.Error(shown(s))
	}
	if !s.Key("q").Quit || !s.Key("\x03").Quit {
		t.Error("q and Ctrl-C leave")
	}
}

// TestRepeat: a memory cycles through what is offered, and back to once.
func TestRepeat(t *testing.T) {
	s := &Screen{}
	s.Update(asked("a", "?", "once", "1h", "30d"))
	var got []string
	for range 4 {
		got = append(got, s.Key("y").Remember)
		s.Key("r")
	}
	if want := []string{"", "1h", "30d", ""}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// TestFits: whatever the words, no line is wider than the terminal, and all of
// the words are there.
func TestFits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(20, 120).Draw(t, "width")
		s := &Screen{}
		title := rapid.StringOf(rapid.SampledFrom([]rune("ab cdé日本🙂-"))).Draw(t, "title")
		for i := range rapid.IntRange(0, 12).Draw(t, "questions") {
			q := asked(fmt.Sprint(i), title, "once", "1h")
			q.Quote = rapid.StringOf(rapid.SampledFrom([]rune("xyz 日"))).Draw(t, "quote")
			s.Update(q)
		}
		lines := s.Render(width, now)
		for _, l := range lines {
			if columns([]rune(l)) > width {
				t.Fatalf("%d columns: %q", columns([]rune(l)), l)
			}
		}
		if len(s.open) > 0 {
			squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
			if !strings.Contains(squeeze(strings.Join(lines, "")), squeeze(title)) {
				t.Fatalf("%q is not in %q", title, lines)
			}
		}
	})
}

// TestPrintableIsUsed: foreign text goes through the filter before it is drawn.
func TestPrintableIsUsed(t *testing.T) {
	s := &Screen{Printable: func(s string) string { return strings.ReplaceAll(s, "\x1b", "·") }}
	s.Update(asked("a", "evil \x1b[2J title"))
	if strings.Contains(shown(s), "\x1b") {
		t.Errorf("%q", shown(s))
	}
}
