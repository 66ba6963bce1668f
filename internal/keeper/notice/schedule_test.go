package notice

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestTheNextWayAfterAWhile(t *testing.T) {
	var s Schedule
	q := []Waiting{{ID: "q", Since: t0}}
	for _, at := range []struct {
		after time.Duration
		way   int // -1: none
	}{{0, 0}, {time.Second, -1}, {NextAfter - 1, -1}, {NextAfter, 1}, {NextAfter + time.Second, -1}, {2 * NextAfter, 2}, {time.Hour, -1}} {
		due, _ := s.Next(t0.Add(at.after), q, 3)
		if at.way < 0 && len(due) > 0 || at.way >= 0 && (len(due) != 1 || due[0].Way != at.way) {
			t.Fatalf("after %v: %+v", at.after, due)
		}
	}
}

func TestABurstIsToldOnce(t *testing.T) {
	var s Schedule
	var open []Waiting
	calls, told := 0, 0
	for i := range 50 {
		now := t0.Add(time.Duration(i) * 100 * time.Millisecond)
		open = append(open, Waiting{ID: fmt.Sprint(i), Since: now})
		due, _ := s.Next(now, open, 1)
		for _, c := range due {
			calls, told = calls+1, told+len(c.Questions)
		}
	}
	due, _ := s.Next(t0.Add(Apart), open, 1)
	if calls != 1 || told != 1 || len(due) != 1 || len(due[0].Questions) != 49 {
		t.Fatalf("%d calls told of %d, then %+v", calls, told, due)
	}
}

func TestWhatFailsIsTriedElsewhereAtOnce(t *testing.T) {
	var s Schedule
	q := []Waiting{{ID: "q", Since: t0}}
	due, _ := s.Next(t0, q, 2)
	s.Failed(due[0], t0)
	if due, _ = s.Next(t0, q, 2); len(due) != 1 || due[0].Way != 1 {
		t.Fatalf("%+v", due)
	}
}

// Whatever is asked and answered when: each question goes over each way once at
// most and in order, not before its time, and never after it is answered; and
// who looks again when told to misses nothing.
func TestScheduleAlways(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Schedule
		ways := rapid.IntRange(0, 4).Draw(t, "ways")
		now, open := t0, []Waiting{}
		last, count := map[string]time.Time{}, map[string]int{}
		used := map[int]time.Time{}
		for i := range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "do") {
			case 0:
				open = append(open, Waiting{ID: fmt.Sprint(i), Since: now})
			case 1:
				if len(open) > 0 {
					n := rapid.IntRange(0, len(open)-1).Draw(t, "answer")
					open = append(open[:n:n], open[n+1:]...)
				}
			}
			due, again := s.Next(now, open, ways)
			for _, c := range due {
				if !used[c.Way].IsZero() && now.Sub(used[c.Way]) < Apart {
					t.Fatalf("way %d used twice within %v", c.Way, now.Sub(used[c.Way]))
				}
				used[c.Way] = now
				for _, q := range c.Questions {
					if c.Way != count[q.ID] || c.Way > 0 && now.Sub(last[q.ID]) < NextAfter {
						t.Fatalf("%s over way %d after %d, %v later", q.ID, c.Way, count[q.ID], now.Sub(last[q.ID]))
					}
					count[q.ID], last[q.ID] = c.Way+1, now
				}
			}
			for _, q := range open {
				if count[q.ID] < ways && again.IsZero() {
					t.Fatalf("%s is forgotten", q.ID)
				}
			}
			if !again.IsZero() && rapid.Bool().Draw(t, "wait") {
				now = again
			} else {
				now = now.Add(time.Duration(rapid.IntRange(0, 9000).Draw(t, "ms")) * time.Millisecond)
			}
		}
	})
}
