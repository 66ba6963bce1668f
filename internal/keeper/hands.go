package keeper

import (
	"context"
	"slices"
	"sync"
)

// maxIdle is how many goroutines wait for the next request.
const maxIdle = 64

// hands are the goroutines that work on requests. They stay for the next one,
// so that a stack grows once and not with every request, and the one that worked
// last has it, since the processor has that stack at hand.
type hands struct {
	mu   sync.Mutex
	idle []chan func() // of those that wait
	done func()        // is called after each piece of work
}

func newHands(done func()) *hands { return &hands{done: done} }

// do runs fn on a goroutine that waits, or else on a new one.
func (h *hands) do(ctx context.Context, fn func()) {
	h.mu.Lock()
	n := len(h.idle)
	if n == 0 {
		h.mu.Unlock()
		go h.run(ctx, fn)
		return
	}
	next := h.idle[n-1]
	h.idle = h.idle[:n-1]
	h.mu.Unlock()
	next <- fn
}

// run does one thing after the other until ctx ends, or enough others wait.
func (h *hands) run(ctx context.Context, fn func()) {
	next := make(chan func(), 1)
	for h.one(fn); h.wait(next); h.one(fn) {
		select {
		case fn = <-next:
		case <-ctx.Done():
			if h.withdraw(next) {
				return
			}
			fn = <-next
		}
	}
}

func (h *hands) one(fn func()) {
	defer h.done()
	fn()
}

// wait offers to do what comes next, unless enough others do.
func (h *hands) wait(next chan func()) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.idle) >= maxIdle {
		return false
	}
	h.idle = append(h.idle, next)
	return true
}

// withdraw takes the offer back; false where it has been taken.
func (h *hands) withdraw(next chan func()) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.Index(h.idle, next)
	if i >= 0 {
		h.idle = slices.Delete(h.idle, i, i+1)
	}
	return i >= 0
}
