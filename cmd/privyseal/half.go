package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/child"
)

// half is the keeper or the front, seen from the supervisor: a process that is
// started anew when it dies.
type half struct {
	name   string
	orders orders
	ready  chan outcome // of the process that is starting

	mu   sync.Mutex
	proc *child.Process
}

func newHalf(name string) *half {
	return &half{name: name, ready: make(chan outcome, 1), orders: orders{changed: make(chan struct{})}}
}

// process is the running one; nil before the first.
func (p *half) process() *child.Process {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.proc
}

// start starts the process; it has not begun to work then.
func (p *half) start(l *child.Launcher, s child.Spec) error {
	select {
	case <-p.ready: // of one that died meanwhile
	default:
	}
	proc, err := l.Start(s)
	if err != nil {
		return fail(privyseal.KindInternal, "the "+p.name+" could not be started: "+tidy(err), "is there room for another process?")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.proc = proc
	return nil
}

// await waits until the process has begun to work.
func (p *half) await(ctx context.Context) error {
	proc := p.process()
	select {
	case b := <-p.ready:
		if b.Failed != nil {
			return b.Failed.failure()
		}
		return nil
	case <-proc.Ended():
		select {
		case b := <-p.ready: // said as the last thing
			if b.Failed != nil {
				return b.Failed.failure()
			}
		default:
		}
		return fail(privyseal.KindInternal, "the "+p.name+" ended before it was ready ("+proc.Why()+")", "look at its log, above")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// finish has the process end by itself, and ends it when it does not.
func (p *half) finish(patience time.Duration) error {
	proc := p.process()
	if proc == nil {
		return nil
	}
	p.orders.stop()
	select {
	case <-proc.Ended():
		return nil
	case <-time.After(patience):
		proc.Kill()
		return errors.New("the " + p.name + " did not end by itself")
	}
}

// kill ends the process at once.
func (p *half) kill() {
	if proc := p.process(); proc != nil {
		proc.Kill()
	}
}

// orders hands every change of what is wanted to whoever asks.
type orders struct {
	mu      sync.Mutex
	now     order
	changed chan struct{}
}

func (o *orders) set(change func(*order)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change(&o.now)
	close(o.changed)
	o.changed = make(chan struct{})
}

func (o *orders) stop()              { o.set(func(x *order) { x.Stop = true }) }
func (o *orders) level(level string) { o.set(func(x *order) { x.Level = level }) }

// wanted is what is wanted now.
func (o *orders) wanted() order {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

// stream sends what is wanted now, and then each change.
func (o *orders) stream(ctx context.Context, more func(any) error) error {
	for {
		o.mu.Lock()
		now, changed := o.now, o.changed
		o.mu.Unlock()
		if err := more(now); err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
