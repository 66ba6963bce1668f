package keeper

import "context"

// maxIdle is how many goroutines wait for the next request.
const maxIdle = 64

// hands are the goroutines that work on requests. They stay for the next one,
// so that a stack grows once and not with every request.
type hands struct {
	work chan func()
	idle chan struct{} // a slot for each that may wait
}

func newHands() hands {
	return hands{work: make(chan func()), idle: make(chan struct{}, maxIdle)}
}

// do runs fn on a goroutine that waits, or else on a new one.
func (h hands) do(ctx context.Context, fn func()) {
	select {
	case h.work <- fn:
	default:
		go h.run(ctx, fn)
	}
}

// run does one thing after the other until ctx ends, or enough others wait.
func (h hands) run(ctx context.Context, fn func()) {
	for {
		fn()
		select {
		case h.idle <- struct{}{}:
		default:
			return
		}
		select {
		case fn = <-h.work:
			<-h.idle
		case <-ctx.Done():
			<-h.idle
			return
		}
	}
}
