package sqlite

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/internal/store"
)

// TestBatches is who shares a commit, how long anybody waits for company, and who
// writes.
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
		last     int  // waited for the commit before
		busy     bool // which is just being written as the first arrive
		sick     bool
		arrivals []arrival
		own      bool // a caller writes it
		size     int
		took     time.Duration
		then     int // last, after it
	}{
		"alone":                      {arrivals: []arrival{{waits: 1}}, own: true, size: 1, then: 1},
		"alone as before":            {last: 1, arrivals: []arrival{{waits: 1}}, own: true, size: 1, then: 1},
		"alone behind others":        {arrivals: []arrival{{later: 1}, {after: 2 * ms, waits: 1}}, own: true, size: 2, took: 2 * ms, then: 1},
		"while another is written":   {busy: true, arrivals: []arrival{{waits: 1}}, size: 1, then: 1},
		"all who are there":          {busy: true, arrivals: []arrival{{waits: 9, later: 3}}, size: 12, then: 9},
		"a crowd, whole again":       {last: 3, arrivals: []arrival{{waits: 3}}, size: 3, then: 3},
		"a crowd, larger":            {last: 3, busy: true, arrivals: []arrival{{waits: 8}}, size: 8, then: 8},
		"a crowd, one by one":        {last: 3, arrivals: []arrival{{waits: 1}, {after: ms, waits: 1}, {after: ms / 2, waits: 1}, {after: ms, waits: 1}}, size: 3, took: ms * 3 / 2, then: 3},
		"a crowd that is gone":       {last: 8, arrivals: []arrival{{waits: 1}}, size: 1, took: crowd, then: 4},
		"a crowd that is late":       {last: 8, arrivals: []arrival{{waits: 1}, {after: ms, waits: 1}, {after: 5 * ms, waits: 6}}, size: 2, took: crowd, then: 4},
		"who left is no company":     {last: 3, arrivals: []arrival{{waits: 1, gone: 5}}, size: 1, took: crowd, then: 1},
		"later alone":                {last: 4, arrivals: []arrival{{later: 1}, {after: ms, later: 1}, {after: 9 * ms, later: 1}}, size: 2, took: linger, then: 2},
		"later, enough":              {busy: true, arrivals: []arrival{{later: company}}, size: company},
		"later, enough in the end":   {arrivals: []arrival{{later: company - 1}, {after: ms, later: 1}}, size: company, took: ms},
		"later, then a crowd":        {last: 2, arrivals: []arrival{{later: 1}, {after: 4 * ms, waits: 1}, {after: ms, later: 1}}, size: 3, took: 4*ms + crowd, then: 1},
		"no more than fit":           {busy: true, arrivals: []arrival{{waits: maxBatch + 5}}, size: maxBatch, then: maxBatch},
		"a sick file is tried again": {sick: true, arrivals: []arrival{{after: ms, later: company}}, size: company, took: retry},
		"a sick file, nothing":       {sick: true, took: retry},
		"a sick file, somebody":      {sick: true, arrivals: []arrival{{after: ms, waits: 1}}, size: 1, took: ms, then: 1},
		"closed":                     {arrivals: []arrival{{closes: true}}},
		"closed behind somebody":     {last: 5, busy: true, arrivals: []arrival{{waits: 1, later: 1, closes: true}}, size: 2, then: 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				type written struct {
					own  bool
					size int
					took time.Duration
					last int
				}
				began := time.Now()
				all := make(chan written, 100)
				q := newQueue()
				q.last, q.busy, q.sick, q.tried = tally{c.last, c.last}, c.busy, c.sick, began
				write := func(batch []*job, own bool) {
					all <- written{own, len(batch), time.Since(began), q.last.all}
					q.release(batch, false)
				}
				push := func(j *job) {
					own, err := q.push(t.Context(), j)
					if err != nil {
						t.Error(err)
					}
					if own != nil {
						write(own, true)
					}
				}
				arrive := func(a arrival) {
					for range a.waits {
						push(&job{done: make(chan error, 1)})
					}
					for range a.gone {
						j := &job{done: make(chan error, 1)}
						if push(j); !q.withdraw(j) {
							t.Error("it was taken")
						}
					}
					for range a.later {
						push(&job{})
					}
					if a.closes {
						q.end()
					}
				}
				rest := c.arrivals
				for len(rest) > 0 && rest[0].after == 0 {
					arrive(rest[0])
					rest = rest[1:]
				}
				if c.busy {
					q.release(nil, false)
				}
				go func() {
					for _, a := range rest {
						time.Sleep(a.after)
						arrive(a)
					}
				}()
				done := make(chan bool)
				go func() {
					defer close(done)
					for open := true; open; {
						var batch []*job
						batch, open = q.next()
						write(batch, false)
					}
				}()
				if got, want := <-all, (written{c.own, c.size, c.took, c.then}); got != want {
					t.Errorf("%+v, want %+v", got, want)
				}
				time.Sleep(time.Minute) // the rest arrives
				q.end()
				<-done
				if q.busy || q.urgent != (tally{}) || len(q.jobs) != 0 {
					t.Errorf("left: busy %v, %d callers, %d jobs", q.busy, q.urgent.all, len(q.jobs))
				}
			})
		})
	}
}

// TestWhoPresses is that nobody waits for the bulk: neither until it is a crowd
// again, nor for more than a few of it in his commit.
func TestWhoPresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		q.last = tally{all: 20}
		waiting := func(bulk, waits bool) *job {
			j := &job{bulk: bulk}
			if waits {
				j.done = make(chan error, 1)
			}
			return j
		}
		push := func(j *job) []*job {
			own, err := q.push(t.Context(), j)
			if err != nil {
				t.Fatal(err)
			}
			return own
		}
		var bulk []*job
		for range 10 {
			bulk = append(bulk, waiting(true, true))
			if push(bulk[len(bulk)-1]) != nil {
				t.Fatal("a crowd's first is alone")
			}
		}
		later, mine := waiting(false, false), waiting(false, true)
		push(later)
		own := push(mine)
		if want := append([]*job{later, mine}, bulk[:besides]...); !slices.Equal(own, want) {
			t.Fatalf("%d jobs are written, want what was queued before, who presses and %d", len(own), besides)
		}
		if q.last != (tally{10, 1}) {
			t.Errorf("last %v", q.last)
		}
		late := waiting(false, true)
		if push(late) != nil {
			t.Fatal("two write at a time")
		}
		q.release(own, false)
		began := time.Now()
		batch, _ := q.next()
		if want := append([]*job{late}, bulk[besides:2*besides]...); !slices.Equal(batch, want) || time.Since(began) != 0 {
			t.Errorf("%d jobs after %v behind who pressed meanwhile", len(batch), time.Since(began))
		}
		q.release(batch, false)
		batch, _ = q.next()
		if want := bulk[2*besides:]; !slices.Equal(batch, want) || time.Since(began) > crowd {
			t.Errorf("%d jobs after %v in the end", len(batch), time.Since(began))
		}
		q.release(batch, false)
		if q.urgent != (tally{}) || len(q.jobs) != 0 {
			t.Errorf("left: %v, %d jobs", q.urgent, len(q.jobs))
		}
	})
}

// TestQueueIsFull is what waits while nothing is written: who leaves is let go,
// and who waits comes in once there is room.
func TestQueueIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newQueue()
		q.busy = true // for now
		for range maxQueue {
			if own, err := q.push(t.Context(), &job{}); own != nil || err != nil {
				t.Fatal(own, err)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := q.push(ctx, &job{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("full: %v", err)
		}
		var in atomic.Int32
		for range 2 {
			go func() {
				q.push(context.Background(), &job{})
				in.Add(1)
			}()
		}
		synctest.Wait()
		if in.Load() != 0 {
			t.Error("more than fit came in")
		}
		q.release(nil, false)
		batch, _ := q.next()
		synctest.Wait()
		if in.Load() != 2 || len(batch) != maxBatch {
			t.Errorf("%d came in behind %d", in.Load(), len(batch))
		}
		q.release(batch, false)
		for open := true; open; {
			q.end()
			batch, open = q.next()
			q.release(batch, false)
		}
	})
}

// A caller who writes for himself wakes nobody, and writes what waited before him.
func TestACallerWritesHimself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := Open(t.Context(), t.TempDir(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		note := func(what string) func(store.Tx) error {
			return func(x store.Tx) error {
				order = append(order, what)
				return x.SetSetting(what, what)
			}
		}
		before := s.w.commits.Load()
		s.Later(note("later"))
		if err := s.Update(t.Context(), note("caller")); err != nil {
			t.Fatal(err)
		}
		if len(order) != 2 || order[0] != "later" || s.w.commits.Load() != before+1 {
			t.Errorf("%v in %d commits", order, s.w.commits.Load()-before)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
