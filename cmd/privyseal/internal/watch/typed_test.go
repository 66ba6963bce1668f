package watch

import (
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// A question that asks for a number gets it with the yes, and no digit selects
// another question meanwhile; the yes names the words that were on the screen.
func TestTypedNumber(t *testing.T) {
	now := time.Unix(1_790_000_000, 0)
	s := &Screen{}
	for _, q := range []control.QuestionInfo{
		{ID: "a", State: "open", Title: "A", Yes: "Remove 312 people", No: "Keep my list", Type: "312", Words: "w1", Deadline: now.Add(time.Minute)},
		{ID: "b", State: "open", Title: "B", Yes: "Post it", No: "Don't post", Words: "w2", Deadline: now.Add(time.Minute)},
	} {
		s.Update(q)
	}
	for _, key := range []string{"3", "1", "9", "\x7f", "2"} {
		if act := s.Key(key); act != (Action{}) {
			t.Fatalf("%q does %+v", key, act)
		}
	}
	if got := strings.Join(s.Render(80, now), "\n"); !strings.Contains(got, "312? 312_") {
		t.Errorf("what is typed is not shown:\n%s", got)
	}
	if got := s.Key("y"); got != (Action{ID: "a", Approve: true, Typed: "312", Words: "w1"}) {
		t.Errorf("%+v", got)
	}
	s.Key("j")
	if got := s.Key("y"); got != (Action{ID: "b", Approve: true, Words: "w2"}) {
		t.Errorf("%+v", got)
	}
	s.Key("1")
	if got := s.Key("y"); got.ID != "a" || got.Typed != "" {
		t.Errorf("what was typed before counts again: %+v", got)
	}
}
