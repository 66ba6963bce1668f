package transport

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// An event passes once, and again when its relay brings it live two seconds after
// it passed; never because another relay brings it.
func TestSeen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now := time.Unix(1_700_000_000, 0)
		s := newSeen(func() time.Time { return now })
		passed, from := map[int]time.Time{}, map[[2]int]bool{}
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "ms")) * time.Millisecond)
			event, relay := rapid.IntRange(0, 3).Draw(t, "event"), rapid.IntRange(0, 2).Draw(t, "relay")
			stored := rapid.Bool().Draw(t, "stored")
			last, known := passed[event]
			want := !known || !stored && from[[2]int{event, relay}] && now.Sub(last) >= askAgain*time.Millisecond
			if got := s.pass(fmt.Append(nil, event), relay, stored); got != want {
				t.Fatalf("event %d of relay %d passes: %v", event, relay, got)
			}
			if want {
				passed[event] = now
			}
			from[[2]int{event, relay}] = true
		}
	})
}

// However many events come, the last of them are known, and none is taken for
// another.
func TestSeenRemembersTheLast(t *testing.T) {
	s := newSeen(time.Now)
	for i := range 5 * seenEvents {
		if !s.pass(fmt.Append(nil, i), 1, false) {
			t.Fatalf("event %d is new", i)
		}
		if j := i - seenEvents/2; j >= 0 && i%7 == 0 && s.pass(fmt.Append(nil, j), 2, false) {
			t.Fatalf("event %d is forgotten after %d more", j, i-j)
		}
	}
}
