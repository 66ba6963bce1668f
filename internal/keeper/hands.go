package keeper

import (
	"context"
	"sync/atomic"
)

// maxIdle is how many goroutines wait for the next request.
const maxIdle = 64

// hands are the goroutines that work on requests. They stay for the next one,
// so that a stack grows once and not with every request.
type hands struct {
	work chan func()
	idle atomic.Int32 // that wait
	done func()       // is called after each piece of work
}

func newHands(done func()) *hands { return &hands{work: make(chan func()), done: done} }

// do runs fn on a goroutine that waits, or else on a new one.
func (h *hands) do(ctx context.Context, fn func()) {
	select {
	case h.work <- fn:
	default:
		go h.run(ctx, fn)
	}
}

// run does one thing after the other until ctx ends, or enough others wait.
func (h *hands) run(ctx context.Context, fn func()) {
	for {
		h.one(fn)
		if h.idle.Add(1) > maxIdle {
			h.idle.Add(-1)
			return
		}
		select {
		case fn = <-h.work:
			h.idle.Add(-1)
		case <-ctx.Done():
			h.idle.Add(-1)
			return
		}
	}
}

func (h *hands) one(fn func()) {
	defer h.done()
	fn()
}
