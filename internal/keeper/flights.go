package keeper

import (
	"context"
	"slices"
	"sync"
)

// flights makes equal operations of one app take turns, so that the second
// finds what became of the first.
type flights struct {
	mu   sync.Mutex
	open map[flight][]chan struct{} // who waits for the one under way, the first first
}

type flight struct {
	app string
	op  [32]byte
}

// turn is a turn that somebody has, until they leave it. The zero turn is none.
type turn struct {
	of *flights
	id flight
}

func newFlights() *flights { return &flights{open: map[flight][]chan struct{}{}} }

// enter waits for its turn.
func (f *flights) enter(ctx context.Context, app string, op [32]byte) (turn, error) {
	t := turn{f, flight{app, op}}
	f.mu.Lock()
	waits, busy := f.open[t.id]
	if !busy {
		f.open[t.id] = nil
		f.mu.Unlock()
		return t, nil
	}
	mine := make(chan struct{})
	f.open[t.id] = append(waits, mine)
	f.mu.Unlock()
	select {
	case <-mine:
		return t, nil
	case <-ctx.Done():
		f.giveUp(t, mine)
		return turn{}, ctx.Err()
	}
}

// leave lets the next in.
func (t turn) leave() {
	f := t.of
	if f == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	waits := f.open[t.id]
	if len(waits) == 0 {
		delete(f.open, t.id)
		return
	}
	close(waits[0])
	f.open[t.id] = waits[1:]
}

// giveUp is for one that no longer waits, or was let in meanwhile.
func (f *flights) giveUp(t turn, mine chan struct{}) {
	f.mu.Lock()
	waits := f.open[t.id]
	i := slices.Index(waits, mine)
	if i >= 0 {
		f.open[t.id] = slices.Delete(waits, i, i+1)
	}
	f.mu.Unlock()
	if i < 0 {
		t.leave()
	}
}
