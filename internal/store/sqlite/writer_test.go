package sqlite

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/internal/store"
)

// TestBatches is who shares a commit, and how long anybody waits for company.
func TestBatches(t *testing.T) {
	const ms = time.Millisecond
	type arrival struct {
		after  time.Duration
		waits  int // callers of Update
		later  int
		gone   int // callers that left
		closes bool
	}
	for name, c := range map[string]struct {
		last     int // waited for the commit before
		sick     bool
		kept     int
		arrivals []arrival
		size     int
		took     time.Duration
		then     int // last, after it
		closed   bool
	}{
		"alone":                      {arrivals: []arrival{{waits: 1}}, size: 1, then: 1},
		"alone as before":            {last: 1, arrivals: []arrival{{waits: 1}}, size: 1, then: 1},
		"all who are there":          {arrivals: []arrival{{waits: 9, later: 3}}, size: 12, then: 9},
		"a crowd, whole again":       {last: 3, arrivals: []arrival{{waits: 3}}, size: 3, then: 3},
		"a crowd, larger":            {last: 3, arrivals: []arrival{{waits: 8}}, size: 8, then: 8},
		"a crowd, one by one":        {last: 3, arrivals: []arrival{{waits: 1}, {after: ms, waits: 1}, {after: ms / 2, waits: 1}, {after: ms, waits: 1}}, size: 3, took: ms * 3 / 2, then: 3},
		"a crowd that is gone":       {last: 8, arrivals: []arrival{{waits: 1}}, size: 1, took: crowd, then: 4},
		"a crowd that is late":       {last: 8, arrivals: []arrival{{waits: 1}, {after: ms, waits: 1}, {after: 5 * ms, waits: 6}}, size: 2, took: crowd, then: 4},
		"who left is no company":     {last: 3, arrivals: []arrival{{waits: 1, gone: 5}}, size: 1, took: crowd, then: 1},
		"later alone":                {last: 4, arrivals: []arrival{{later: 1}, {after: ms, later: 1}, {after: 9 * ms, later: 1}}, size: 2, took: linger, then: 2},
		"later, enough":              {arrivals: []arrival{{later: company}}, size: company},
		"later, then somebody waits": {arrivals: []arrival{{later: 1}, {after: 2 * ms, waits: 1}}, size: 2, took: 2 * ms, then: 1},
		"later, then a crowd":        {last: 2, arrivals: []arrival{{later: 1}, {after: 4 * ms, waits: 1}, {after: ms, later: 1}}, size: 3, took: 4*ms + crowd, then: 1},
		"no more than fit":           {arrivals: []arrival{{waits: maxBatch + 5}}, size: maxBatch, then: maxBatch},
		"a sick file is tried again": {sick: true, kept: 7, size: 7, took: retry},
		"a sick file, somebody":      {sick: true, kept: 7, arrivals: []arrival{{after: ms, waits: 1}}, size: 8, took: ms, then: 1},
		"closed":                     {arrivals: []arrival{{closes: true}}, closed: true},
		"closed behind somebody":     {last: 5, arrivals: []arrival{{waits: 1, later: 1, closes: true}}, size: 2, then: 2, closed: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := &writer{queue: make(chan *job, maxQueue), last: c.last}
				if err := errors.New("sick"); c.sick {
					w.sick.Store(&err)
				}
				for range c.kept {
					w.kept = append(w.kept, &job{})
				}
				nothing := func(store.Tx) error { return nil }
				arrive := func(a arrival) {
					for range a.gone {
						j := &job{fn: nothing, done: make(chan error, 1)}
						j.state.Store(gone)
						w.queue <- j
					}
					for range a.waits {
						w.queue <- &job{fn: nothing, done: make(chan error, 1)}
					}
					for range a.later {
						w.queue <- &job{fn: nothing}
					}
					if a.closes {
						close(w.queue)
					}
				}
				rest := c.arrivals
				for len(rest) > 0 && rest[0].after == 0 {
					arrive(rest[0])
					rest = rest[1:]
				}
				go func() {
					for _, a := range rest {
						time.Sleep(a.after)
						arrive(a)
					}
				}()
				began := time.Now()
				batch, open := w.next()
				if took := time.Since(began); len(batch) != c.size || took != c.took || w.last != c.then || open == c.closed {
					t.Fatalf("%d jobs after %v, %d waited, open %v; want %d after %v, %d, %v",
						len(batch), took, w.last, open, c.size, c.took, c.then, !c.closed)
				}
				time.Sleep(time.Minute) // the rest arrives
			})
		})
	}
}
