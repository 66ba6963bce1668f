package notice

import "time"

const (
	// NextAfter is how long a way has to bring an answer before the next is tried.
	NextAfter = 30 * time.Second
	// Apart is how far apart one way is used, so that what is asked in a burst
	// is told once.
	Apart = 5 * time.Second
)

// Waiting is a question that is open.
type Waiting struct {
	ID, Identity string
	Since        time.Time
}

// Call is one use of a way, for all questions that are due on it.
type Call struct {
	Way       int
	Questions []Waiting
}

// Schedule is which questions were told over which way. Each question goes over
// each way once at most, in order, and over none once it is answered. The zero
// value is ready.
type Schedule struct {
	told map[string]told
	used []time.Time // when each way was used last
}

type told struct {
	ways int       // over which it was told
	next time.Time // from when the next is due
}

// Next is what is due now, of so many ways, and when to look again: the zero
// time for not before something changes.
func (s *Schedule) Next(now time.Time, open []Waiting, ways int) (due []Call, again time.Time) {
	was := s.told
	s.told = map[string]told{}
	s.used = append(s.used, make([]time.Time, max(0, ways-len(s.used)))...)
	later := func(t time.Time) {
		if again.IsZero() || t.Before(again) {
			again = t
		}
	}
	byWay := make([][]Waiting, ways)
	for _, q := range open {
		t, ok := was[q.ID]
		if !ok {
			t.next = q.Since
		}
		s.told[q.ID] = t
		switch {
		case t.ways >= ways:
		case t.next.After(now):
			later(t.next)
		case now.Sub(s.used[t.ways]) < Apart && !s.used[t.ways].IsZero():
			later(s.used[t.ways].Add(Apart))
		default:
			byWay[t.ways] = append(byWay[t.ways], q)
		}
	}
	for way, list := range byWay {
		if len(list) == 0 {
			continue
		}
		s.used[way] = now
		due = append(due, Call{way, list})
		for _, q := range list {
			s.told[q.ID] = told{way + 1, now.Add(NextAfter)}
			if way+1 < ways {
				later(now.Add(NextAfter))
			}
		}
	}
	return due, again
}

// Failed has what a way did not take go over the next one at once.
func (s *Schedule) Failed(c Call, now time.Time) {
	for _, q := range c.Questions {
		if t, ok := s.told[q.ID]; ok && t.ways == c.Way+1 {
			t.next = now
			s.told[q.ID] = t
		}
	}
}
