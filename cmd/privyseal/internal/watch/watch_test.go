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

var (
	now   = time.Unix(1700000000, 0)
	later = now.Add(5 * time.Second)
)

func asked(id, title string, remember ...string) control.QuestionInfo {
	return control.QuestionInfo{
		ID: id, State: "open", Level: "L2", Title: title, Yes: "Post it", No: "Don't post", Remember: remember, Words: "w" + id,
		Lines: []string{"You named this app."}, Quote: "hello", Deadline: now.Add(time.Minute),
		Details: []control.DetailInfo{{Name: "Kind", Value: "1"}},
	}
}

func serious3(id string) control.QuestionInfo {
	q := asked(id, "Serious?")
	q.Level, q.SafeFirst, q.Lasts = "L3", true, []string{"Just this time"}
	return q
}

func shown(s *Screen) string { return strings.Join(s.Render(80, now), "\n") }

// TestScreen walks through a session at the screen.
func TestScreen(t *testing.T) {
	s := &Screen{}
	if !strings.Contains(shown(s), "No question is open") {
		t.Error(shown(s))
	}
	for _, key := range []string{"y", "n", "N", "r", "o", "d", "d", "1", "\x1b[A", "x", "\r"} {
		if s.Key(key, now) != (Action{}) {
			t.Errorf("%q does something without a question", key)
		}
	}
	s.Update(asked("a", "First?", "once", "1h", "30d"), now)
	s.Update(asked("b", "Second?"), now)
	for _, text := range []string{"▸ 1  First?", "  2  Second?", "[y] Post it", "[n] Don't post", "60 s left; silence is no", "“hello”", "r how long"} {
		if !strings.Contains(shown(s), text) {
			t.Errorf("no %q:\n%s", text, shown(s))
		}
	}
	if strings.Contains(shown(s), "Kind: 1") {
		t.Error("details unasked")
	}
	if s.Key("d", now); !strings.Contains(shown(s), "Kind: 1") {
		t.Error("no details")
	}
	if s.Key("r", now); !strings.Contains(shown(s), "Post it (for 1h)") {
		t.Errorf("how long is not on the yes:\n%s", shown(s))
	}
	if got := s.Key("y", now); got != (Action{ID: "a", Approve: true, Remember: "1h", Words: "wa"}) {
		t.Errorf("%+v", got)
	}
	if got := s.Key("N", now); got != (Action{ID: "a", Remember: "1h", Words: "wa"}) {
		t.Errorf("%+v", got)
	}
	if got := s.Key("n", now); got != (Action{ID: "a", Words: "wa"}) {
		t.Errorf("a plain no is remembered: %+v", got)
	}
	s.Key("\x1b[B", now)
	if got := s.Key("y", now); got != (Action{ID: "b", Approve: true, Words: "wb"}) {
		t.Errorf("the memory went on to the next question: %+v", got)
	}
	if s.Key("r", now); strings.Contains(shown(s), "(for") {
		t.Error("what cannot be remembered is")
	}
	s.Key("1", now)
	s.Update(asked("c", "Third?"), now) // never moves the selection
	if got := s.Key("n", now); got.ID != "a" {
		t.Errorf("%+v", got)
	}
	over := asked("a", "First?")
	over.State = "approved"
	s.Update(over, later)
	if !strings.Contains(shown(s), "Done (approved): First?") {
		t.Error(shown(s))
	}
	if !s.Key("q", now).Quit || !s.Key("\x03", now).Quit {
		t.Error("q and Ctrl-C leave")
	}
}

// TestWhatComesUnderTheFinger: a key that was meant for another question
// answers none (T31).
func TestWhatComesUnderTheFinger(t *testing.T) {
	s := &Screen{}
	s.Update(asked("a", "First?"), now)
	s.Update(asked("b", "Second?"), now)
	gone := asked("a", "First?")
	gone.State = "denied"
	s.Update(gone, later)
	for _, key := range []string{"y", "n", "N"} {
		if got := s.Key(key, later.Add(armAfter-1)); got != (Action{}) {
			t.Errorf("%q answers what just moved up: %+v", key, got)
		}
	}
	if got := s.Key("y", later.Add(armAfter)); got.ID != "b" {
		t.Errorf("%+v", got)
	}
	changed := asked("b", "Something else?")
	changed.Words = "other"
	s.Update(changed, later.Add(time.Minute))
	if got := s.Key("y", later.Add(time.Minute+armAfter-1)); got != (Action{}) {
		t.Errorf("what has changed was answered: %+v", got)
	}
	if got := s.Key("y", later.Add(time.Minute+armAfter)); got.Words != "other" {
		t.Errorf("%+v", got)
	}
}

// TestSerious: no yes for two seconds, the safe button first, Enter answers
// nothing.
func TestSerious(t *testing.T) {
	s := &Screen{}
	s.Update(serious3("a"), now)
	if text := shown(s); !strings.Contains(text, "[n] Don't post   [ ] Post it (Just this time) in 2 s") {
		t.Error(text)
	}
	if got := s.Key("y", now.Add(armSeriously-1)); got != (Action{}) {
		t.Errorf("a yes at once: %+v", got)
	}
	if got := s.Key("n", now.Add(time.Millisecond)); got.ID != "a" || got.Approve {
		t.Errorf("a no has to wait: %+v", got)
	}
	for _, key := range []string{"\r", "\n", " "} {
		if got := s.Key(key, later); got != (Action{}) {
			t.Errorf("%q answers: %+v", key, got)
		}
	}
	if got := s.Key("y", now.Add(armSeriously)); !got.Approve {
		t.Errorf("%+v", got)
	}
	s.Update(asked("b", "Light?"), later)
	s.Key("2", later)
	s.Key("1", later) // shown anew: the two seconds begin anew
	if got := s.Key("y", later.Add(time.Second)); got != (Action{}) {
		t.Errorf("%+v", got)
	}
}

// TestTypedNumber: what loses much is answered by the number it names, and by
// nothing else.
func TestTypedNumber(t *testing.T) {
	fresh := func() *Screen {
		s := &Screen{}
		q := serious3("a")
		q.Type = "1,204"
		s.Update(q, now)
		return s
	}
	typed := func(s *Screen, keys string) (out []Action) {
		for _, k := range keys {
			if a := s.Key(string(k), later); a != (Action{}) {
				out = append(out, a)
			}
		}
		return out
	}
	yes := []Action{{ID: "a", Approve: true, Words: "wa", Typed: "1204"}}
	for keys, want := range map[string][]Action{
		"y1204": yes, "y1,204": yes, "y13\x7f2043": nil, "y12\x7f204": yes, "y1203": nil, "y\r": nil, "yy": nil, "1204": nil,
		"y120\r": nil, "y120 4": nil, "y12041": yes, "y\x1b1204": nil,
	} {
		if got := typed(fresh(), keys); !slices.Equal(got, want) {
			t.Errorf("%q: %+v", keys, got)
		}
	}
	s := fresh()
	typed(s, "y12")
	if text := shown(s); !strings.Contains(text, "To go on, type 1,204: 12_") {
		t.Error(text)
	}
	if typed(s, "9"); !strings.Contains(shown(s), "That is not the number. Nothing was done.") {
		t.Error(shown(s))
	}
	s = fresh()
	if a := s.Key("y", now); a != (Action{}) || strings.Contains(shown(s), "To go on") {
		t.Error("typing begins before the two seconds are over")
	}
}

func group(ids ...string) control.QuestionInfo {
	g := asked("g", fmt.Sprint("Six things? ", len(ids)), "once", "1h")
	g.Yes, g.No, g.Quote = "Allow these", "Allow none", ""
	for _, id := range ids {
		g.Items = append(g.Items, asked(id, "Thing "+id+"?", "once", "1h"))
		g.Words += id
	}
	return g
}

// TestGroup: a group shows its list, is answered at once, or opened and
// answered one by one.
func TestGroup(t *testing.T) {
	s := &Screen{}
	s.Update(group("x", "y", "z"), now)
	if text := shown(s); !strings.Contains(text, "· Thing y?") || !strings.Contains(text, "[y] Allow these") || !strings.Contains(text, "o one by one") {
		t.Error(text)
	}
	if got := s.Key("y", now); got != (Action{ID: "g", Approve: true, Words: "wgxyz"}) {
		t.Errorf("%+v", got)
	}
	s.Key("o", now)
	s.Key("j", now)
	s.Key("j", now)
	if got := s.Key("n", now); got != (Action{ID: "y", Words: "wy"}) {
		t.Errorf("%+v", got)
	}
	s.Update(group("x", "z"), later) // y was answered
	if s.Key("y", later) != (Action{}) {
		t.Error("what moved up was answered")
	}
	if got := s.Key("y", later.Add(armAfter)); got.ID != "g" {
		t.Errorf("%+v", got)
	}
	s.Key("j", later)
	if s.Key("o", later); strings.Contains(shown(s), "▸ ·") {
		t.Errorf("not closed:\n%s", shown(s))
	}
}

// TestWaiting: what has a yes can only be stopped.
func TestWaiting(t *testing.T) {
	s := &Screen{}
	q := asked("a", "Delete?")
	q.State, q.Yes, q.No = "waiting", "", "Stop it"
	s.Update(q, now)
	if text := shown(s); !strings.Contains(text, "60 s left to stop it") || strings.Contains(text, "[y]") {
		t.Error(text)
	}
	if got := s.Key("y", later); got != (Action{}) {
		t.Errorf("%+v", got)
	}
	if got := s.Key("n", later); got != (Action{ID: "a", Words: "wa"}) {
		t.Errorf("%+v", got)
	}
}

// TestRepeat: how long goes round through what is offered, and begins with what
// is usual.
func TestRepeat(t *testing.T) {
	s := &Screen{}
	q := asked("a", "?", "once", "1h", "30d")
	q.Usual, q.Lasts = "30d", []string{"Just this time", "For 1 hour", "Remember for 30 days: X may post notes"}
	s.Update(q, now)
	if !strings.Contains(shown(s), "Post it (Remember for 30 days: X may post notes)") {
		t.Error(shown(s))
	}
	var got []string
	for range 4 {
		got = append(got, s.Key("y", now).Remember)
		s.Key("r", now)
	}
	if want := []string{"30d", "", "1h", "30d"}; !slices.Equal(got, want) {
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
			if rapid.Bool().Draw(t, "group") {
				q.Items = []control.QuestionInfo{q, q}
			}
			s.Update(q, now)
		}
		if rapid.Bool().Draw(t, "open") {
			s.Key("o", now)
			s.Key("j", now)
		}
		lines := s.Render(width, now)
		for _, l := range lines {
			if columns([]rune(l)) > width {
				t.Fatalf("%d columns: %q", columns([]rune(l)), l)
			}
		}
		if len(s.cards) > 0 {
			squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
			if !strings.Contains(squeeze(strings.Join(lines, "")), squeeze(title)) {
				t.Fatalf("%q is not in %q", title, lines)
			}
		}
	})
}

// TestAnyKeys: whatever is typed whenever, only y, N and n answer, what is
// serious is never approved within two seconds or by Enter, and an answer is to
// what was selected.
func TestAnyKeys(t *testing.T) {
	keys := []string{"y", "n", "N", "r", "o", "d", "j", "k", "1", "2", "3", "\r", "\n", " ", "x", "\x7f", "\x1b[A"}
	rapid.Check(t, func(t *rapid.T) {
		s, at := &Screen{}, now
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 900).Draw(t, "ms")) * time.Millisecond)
			if rapid.Bool().Draw(t, "update") {
				q := rapid.SampledFrom([]control.QuestionInfo{asked("a", "?", "once", "1h"), serious3("b"), group("x", "y"), group("x", "y", "z")}).Draw(t, "card")
				q.State = rapid.SampledFrom([]string{"open", "open", "denied", "changed"}).Draw(t, "state")
				s.Update(q, at)
				continue
			}
			was, _ := s.current()
			since, key := s.shown, rapid.SampledFrom(keys).Draw(t, "key")
			a := s.Key(key, at)
			if a == (Action{}) {
				continue
			}
			if !slices.Contains([]string{"y", "n", "N"}, key) || a.ID != was.ID || a.Words != was.Words {
				t.Fatalf("%q answered %+v; selected was %+v", key, a, was)
			}
			if a.Approve && was.Level == "L3" && at.Sub(since) < armSeriously {
				t.Fatalf("%+v after %v", a, at.Sub(since))
			}
		}
	})
}

// TestPrintableIsUsed: foreign text goes through the filter before it is drawn.
func TestPrintableIsUsed(t *testing.T) {
	s := &Screen{Printable: func(s string) string { return strings.ReplaceAll(s, "\x1b", "·") }}
	evil := "evil \x1b[2J text"
	q := group("x")
	q.Title, q.Quote, q.Lines, q.Yes, q.Lasts = evil, evil, []string{evil}, evil, []string{evil, evil}
	q.Items[0].Title, q.Items[0].Quote = evil, evil
	s.Update(q, now)
	for range 2 {
		if strings.Contains(shown(s), "\x1b") {
			t.Errorf("%q", shown(s))
		}
		s.Key("o", now)
		s.Key("d", now)
	}
	s.Note(evil)
	if strings.Contains(shown(s), "\x1b") {
		t.Errorf("%q", shown(s))
	}
}
