package keeper

import (
	"context"
	"sync"
)

// flights makes equal operations of one app take turns, so that the second
// finds what became of the first.
type flights struct {
	mu   sync.Mutex
	open map[flight]*turn
}

type flight struct {
	app string
	op  [32]byte
}

type turn struct {
	lock    chan struct{}
	waiting int
}

func newFlights() *flights { return &flights{open: map[flight]*turn{}} }

// enter waits for its turn; release ends it.
func (f *flights) enter(ctx context.Context, app string, op [32]byte) (release func(), err error) {
	id := flight{app, op}
	f.mu.Lock()
	t := f.open[id]
	if t == nil {
		t = &turn{lock: make(chan struct{}, 1)}
		f.open[id] = t
	}
	t.waiting++
	f.mu.Unlock()
	leave := func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if t.waiting--; t.waiting == 0 {
			delete(f.open, id)
		}
	}
	select {
	case t.lock <- struct{}{}:
		return func() { <-t.lock; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
