package main

import (
	"context"
	"errors"
	"time"

	"github.com/privyseal/privyseal/cmd/privyseal/internal/child"
)

// The wait before a half that died is started anew doubles from firstAgain to
// lastAgain, and is none for one that had lived for a while.
const (
	firstAgain = 100 * time.Millisecond
	lastAgain  = 10 * time.Second
	livedLong  = 10 * time.Second
)

// mind starts a half anew whenever it dies, until the end.
func (h *house) mind(p *half, start func() error) {
	h.minds.Go(func() {
		began, wait := time.Now(), time.Duration(0)
		for {
			proc := p.process()
			select {
			case <-h.stops:
				return
			case <-proc.Ended():
			}
			if time.Since(began) >= livedLong {
				wait = 0
			}
			h.log.Error("the "+p.name+" ended and is started anew", "why", proc.Why(), "after", wait.String())
			select {
			case <-h.stops:
				return
			case <-time.After(wait):
			}
			began, wait = time.Now(), min(max(firstAgain, 2*wait), lastAgain)
			if err := h.again(p, start); err != nil {
				h.log.Error("the "+p.name+" does not start", "err", asFailure(err).Msg)
			}
		}
	})
}

// again starts a half that died, and connects it with the other one.
func (h *house) again(p *half, start func() error) error {
	if err := start(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-h.stops:
			cancel()
		case <-ctx.Done():
		}
	}()
	if err := p.await(ctx); err != nil {
		return errors.Join(err, h.leave(ctx, p))
	}
	return h.join()
}

// leave ends a half that could not begin.
func (h *house) leave(ctx context.Context, p *half) error {
	if ctx.Err() == nil {
		p.kill()
	}
	return nil
}

// join connects the halves. Where the system lets no running process have a new
// connection, the other one is started anew too.
func (h *house) join() error {
	front, keeper := h.front.process(), h.keeper.process()
	err := child.Join(front, keeper)
	if errors.Is(err, child.ErrFresh) {
		front.Kill()
		return nil
	}
	for _, p := range []*child.Process{front, keeper} {
		select {
		case <-p.Ended(): // it is joined when it is there again
			return nil
		default:
		}
	}
	return err
}
