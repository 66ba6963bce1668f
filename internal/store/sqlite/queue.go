package sqlite

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/store"
)

const (
	maxQueue = 1024                 // jobs that wait before callers block
	maxBatch = 512                  // jobs in one commit
	linger   = 5 * time.Millisecond // how long Later waits for company
	company  = 64                   // jobs of Later that need no more company
	crowd    = 2 * time.Millisecond // how long a crowd waits to be as large as the last
	besides  = 4                    // jobs in bulk in the commit of who presses, or as many as do
)

// retry is how long the writer waits before it tries a sick file again.
const retry = time.Second

// job is one fn of Update (or of Flush: nil), or of Later when done is nil. Once
// it is taken out of the queue its fn runs, whatever its caller wants.
type job struct {
	fn       func(store.Tx) error
	done     chan error
	bulk     bool // one of many, which others need not wait for
	err      error
	panicked any
}

func (j *job) urgent() bool { return j.done != nil }

func (j *job) pressing() bool { return j.urgent() && !j.bulk }

func (j *job) outcome(err error) error {
	if j.panicked != nil {
		panic(j.panicked)
	}
	return err
}

// queue is what waits to be written, in order. Whoever takes a batch out of it is
// the only one to write until release: mostly the writer's goroutine, but a caller
// who is alone writes himself, as to wake another and be woken takes a tenth of
// what a request takes.
type queue struct {
	wake chan struct{} // of the writer's goroutine

	mu      sync.Mutex
	jobs    []*job
	spare   []*job        // the batch before, emptied
	urgent  tally         // callers that wait
	last    tally         // callers that waited for the last commit
	since   time.Time     // from when the first is given company
	crowded time.Time     // and the first caller
	busy    bool          // a batch is out
	sick    bool          // the file could not be written when it was tried last
	tried   time.Time     // then
	alarmed bool          // the writer's goroutine looks by itself within linger
	ended   bool          // nothing more comes
	room    chan struct{} // closed when there is some; nil while nobody waits
}

// tally is a number of callers, and of those whose jobs are not bulk.
type tally struct{ all, pressing int }

func (t *tally) add(j *job, n int) {
	if j.urgent() {
		t.all += n
	}
	if j.pressing() {
		t.pressing += n
	}
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

// push adds a job. A caller who is alone gets a batch back: he is to write it.
func (q *queue) push(ctx context.Context, j *job) (own []*job, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.jobs) >= maxQueue {
		if err := q.waitForRoom(ctx); err != nil {
			return nil, err
		}
	}
	q.jobs = append(q.jobs, j)
	q.urgent.add(j, 1)
	caller := j.urgent() && q.urgent.all == 1
	switch first := len(q.jobs) == 1; {
	case q.busy: // who releases it looks
	case !q.sick && !q.ended && (caller && q.last.all <= 1 || j.pressing() && q.urgent.pressing == 1 && q.last.pressing <= 1):
		return q.take(), nil
	default:
		q.started(first, caller)
		if first && !q.alarmed || caller || q.due() {
			q.signal()
		}
	}
	return nil, nil
}

// waitForRoom lets go of mu meanwhile.
func (q *queue) waitForRoom(ctx context.Context) error {
	if q.room == nil {
		q.room = make(chan struct{})
	}
	room := q.room
	q.mu.Unlock()
	defer q.mu.Lock()
	select {
	case <-room:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// withdraw takes a job out again; false where it has been taken.
func (q *queue) withdraw(j *job) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.jobs, j)
	if i < 0 {
		return false
	}
	q.jobs = slices.Delete(q.jobs, i, i+1)
	q.urgent.add(j, -1)
	return true
}

// started notes from when company is waited for.
func (q *queue) started(first, caller bool) {
	if first {
		q.since = time.Now()
	}
	if caller {
		q.crowded = time.Now()
	}
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// due reports whether what waits needs no more company. Where many waited for the
// last commit, as many are given a moment to come together again: a sync costs
// the same for one and for all; but who presses waits for none of the bulk. Jobs
// of Later alone linger for company.
func (q *queue) due() bool {
	switch {
	case q.busy:
		return false
	case q.ended || len(q.jobs) >= maxBatch:
		return true
	case q.urgent.pressing > 0 && q.urgent.pressing >= q.last.pressing:
		return true
	case q.urgent.all > 0:
		return q.urgent.all >= q.last.all
	}
	return !q.sick && len(q.jobs) >= company
}

// until is when what waits is written without company; zero for never.
func (q *queue) until() time.Time {
	switch {
	case q.busy:
		return time.Time{}
	case q.urgent.all > 0:
		return q.crowded.Add(crowd)
	case q.sick:
		return q.tried.Add(retry)
	case len(q.jobs) > 0:
		return q.since.Add(linger)
	}
	return time.Time{}
}

// next waits for a batch, on the writer's goroutine. It answers false when nothing
// more comes.
func (q *queue) next() (batch []*job, open bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		at := q.until()
		if wait := time.Until(at); q.due() || !at.IsZero() && wait <= 0 {
			batch = q.take()
			return batch, !q.ended || len(q.jobs) > 0
		} else if at.IsZero() {
			q.sleep(nil)
		} else {
			alarm := time.NewTimer(wait)
			q.alarmed = wait <= linger
			q.sleep(alarm.C)
			q.alarmed = false
			alarm.Stop()
		}
	}
}

// sleep lets go of mu until there is reason to look again.
func (q *queue) sleep(alarm <-chan time.Time) {
	q.mu.Unlock()
	defer q.mu.Lock()
	select {
	case <-q.wake:
	case <-alarm:
	}
}

// take takes a batch out, whose taker writes it and releases the queue. Where
// somebody presses, most of the bulk is left for the next: an order among callers
// who wait at the same time means nothing, and what was queued with Later stays
// before all of them.
func (q *queue) take() []*job {
	batch, rest := q.jobs, q.spare[:0]
	if bulk := q.urgent.all - q.urgent.pressing; q.urgent.pressing > 0 && bulk > 0 {
		slices.SortStableFunc(batch, func(a, b *job) int { return a.rank() - b.rank() })
		if n := len(batch) - max(bulk-max(besides, q.urgent.pressing), 0); n < len(batch) {
			rest = append(rest, batch[n:]...)
			clear(batch[n:])
			batch = batch[:n]
		}
	}
	if len(batch) > maxBatch {
		rest = append(append([]*job(nil), batch[maxBatch:]...), rest...)
		clear(batch[maxBatch:])
		batch = batch[:maxBatch]
	}
	var callers tally
	for _, j := range batch {
		callers.add(j, 1)
		q.urgent.add(j, -1)
	}
	q.jobs, q.spare, q.busy = rest, nil, true
	q.last = tally{max(callers.all, q.last.all/2), max(callers.pressing, q.last.pressing/2)}
	if q.room != nil {
		close(q.room)
		q.room = nil
	}
	return batch
}

// rank is a job's place in a commit that cannot have all.
func (j *job) rank() int {
	switch {
	case !j.urgent():
		return 0
	case !j.bulk:
		return 1
	}
	return 2
}

// release ends what take began. What came meanwhile is the writer's goroutine's.
func (q *queue) release(batch []*job, sick bool) {
	clear(batch)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.spare, q.busy, q.sick = batch[:0], false, sick
	if sick {
		q.tried = time.Now()
	}
	q.started(len(q.jobs) > 0, q.urgent.all > 0)
	if len(q.jobs) > 0 || q.ended || sick {
		q.signal()
	}
}

// end says that nothing more comes.
func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.signal()
}
