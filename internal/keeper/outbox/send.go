package outbox

import (
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// direct sends one answer from the goroutine that made it, which spares it the way
// to another; false when somebody is sending, nobody is to, or it cannot be sent:
// Run finds that out for itself.
func (b *Outbox) direct(out control.Outbound) bool {
	select {
	case b.sending <- struct{}{}:
	default:
		return false
	}
	defer func() { <-b.sending }()
	return b.running && b.o.Send([]control.Outbound{out}) == nil
}

// send sends some of what Run has.
func (b *Outbox) send(items []control.Outbound) error {
	b.sending <- struct{}{}
	defer func() { <-b.sending }()
	return b.o.Send(items)
}

func (b *Outbox) run(is bool) {
	b.sending <- struct{}{}
	defer func() { <-b.sending }()
	b.running = is
}

// Run sends what is queued, in batches, and tries again what was not taken,
// until ctx ends; then it sends what is queued and returns.
func (b *Outbox) Run(ctx context.Context) error {
	b.run(true)
	defer b.run(false)
	tick := time.NewTicker(firstWait / 2)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), b.rest())
		case first := <-b.queue:
			runtime.Gosched() // answers that are nearly made come along
			if err := b.send(b.gather(first)); err != nil {
				return err
			}
		case <-tick.C:
			if err := b.again(); err != nil {
				return err
			}
		case <-b.poke:
			if err := b.again(); err != nil {
				return err
			}
		}
	}
}

// rest sends what is still queued.
func (b *Outbox) rest() error {
	for {
		select {
		case first := <-b.queue:
			if err := b.send(b.gather(first)); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

func (b *Outbox) gather(first control.Outbound) []control.Outbound {
	items := append(make([]control.Outbound, 0, 8), first)
	for len(items) < batch {
		select {
		case o := <-b.queue:
			items = append(items, o)
		default:
			return items
		}
	}
	return items
}
