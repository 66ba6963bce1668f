package recent

import (
	"fmt"
	"testing"
	"time"
)

func TestWhatWasBlockedIsShownForADay(t *testing.T) {
	var b Blocked
	b.Note(Block{App: "quiz", Title: "first", At: t0})
	b.Note(Block{App: "snort", Title: "other", At: t0.Add(time.Hour)})
	b.Note(Block{App: "quiz", Title: "second", At: t0.Add(2 * time.Hour)})
	got := b.Latest(t0.Add(2 * time.Hour))
	if len(got) != 2 || got[0].Title != "second" || got[0].Times != 2 || got[1].Title != "other" || got[1].Times != 1 {
		t.Fatalf("%+v", got)
	}
	if got := b.Latest(t0.Add(time.Hour + blockedFor)); len(got) != 1 || got[0].App != "quiz" {
		t.Fatalf("a day later: %+v", got)
	}
	for i := range maxBlocked + 3 {
		b.Note(Block{App: fmt.Sprint(i), At: t0.Add(3 * time.Hour)})
	}
	if got := b.Latest(t0.Add(3 * time.Hour)); len(got) != maxBlocked || got[0].App != fmt.Sprint(maxBlocked+2) {
		t.Fatalf("%d are kept, the latest of %s", len(got), got[0].App)
	}
}
