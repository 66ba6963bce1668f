// Package outbox owes answers: each is sent to every relay its app may be
// listening on and tried again, sealed anew, until the relay takes it or nobody
// wants it any more. It refuses to drop an answer silently and to send one
// under the same event id twice.
package outbox

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/nostr"
)

// Answer is one response on its way to an app.
type Answer struct {
	App       string
	Event     nostr.ID // of the request it answers
	Requested time.Time
	Relays    []string
	Until     time.Time // no longer wanted afterwards
	Kept      bool      // stored as work: Settled is called as relays take it
	// Seal makes a fresh event of the response.
	Seal func(now time.Time) ([]byte, error)
}

// Options of an Outbox.
type Options struct {
	Now  func() time.Time
	Send func([]control.Outbound) error
	// Settled hears which relays a kept answer is still owed to.
	Settled func(app string, event nostr.ID, left []string)
	// Gave hears that an answer was given up for a relay, with its reason.
	Gave func(a *Answer, relay, reason string)
}

// Outbox sends answers. The zero value is not usable; see [New].
type Outbox struct {
	o     Options
	queue chan control.Outbound
	poke  chan struct{} // something became due

	mu   sync.Mutex
	next uint64
	open map[uint64]*entry
	keys map[key]uint64
}

type key struct {
	app   string
	event nostr.ID
}

type entry struct {
	a     *Answer
	left  []string
	tries int
	again time.Time // next try
}

// The waits between tries double from firstWait to lastWait.
const (
	firstWait = time.Second
	lastWait  = 30 * time.Second
	quietWait = 15 * time.Second // a relay that said nothing at all
	batch     = 64
)

// New makes an outbox; Run sends what it is given.
func New(o Options) *Outbox {
	send := o.Send
	o.Send = func(items []control.Outbound) error {
		failpoint.Hit(failpoint.Publish)
		defer failpoint.Hit(failpoint.Published)
		return send(items)
	}
	return &Outbox{o: o, queue: make(chan control.Outbound, 1024), poke: make(chan struct{}, 1), open: map[uint64]*entry{}, keys: map[key]uint64{}}
}

// Owe takes an answer over and sends it. An answer to the same request that is
// still under way is replaced.
func (b *Outbox) Owe(ctx context.Context, a *Answer) error {
	ev, err := a.Seal(b.o.Now())
	if err != nil {
		return err
	}
	failpoint.Hit(failpoint.Owe)
	e := &entry{a: a, left: slices.Clone(a.Relays), again: b.o.Now().Add(quietWait)}
	b.mu.Lock()
	b.next++
	ref := b.next
	if old, ok := b.keys[key{a.App, a.Event}]; ok {
		delete(b.open, old)
	}
	b.open[ref] = e
	b.keys[key{a.App, a.Event}] = ref
	b.mu.Unlock()
	select {
	case b.queue <- control.Outbound{Ref: ref, Relays: a.Relays, Event: ev}:
		failpoint.Hit(failpoint.Owed)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run sends what is queued, in batches, and tries again what was not taken,
// until ctx ends; then it sends what is queued and returns.
func (b *Outbox) Run(ctx context.Context) error {
	tick := time.NewTicker(firstWait / 2)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), b.rest())
		case first := <-b.queue:
			runtime.Gosched() // answers that are nearly made come along
			if err := b.o.Send(b.gather(first)); err != nil {
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
			if err := b.o.Send(b.gather(first)); err != nil {
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

// again retries what is due and forgets what nobody wants any more.
func (b *Outbox) again() error {
	now := b.o.Now()
	var items []control.Outbound
	for _, d := range b.due(now) {
		if ev, err := d.a.Seal(now); err == nil {
			items = append(items, control.Outbound{Ref: d.ref, Relays: d.left, Event: ev})
		}
	}
	for chunk := range slices.Chunk(items, batch) {
		if err := b.o.Send(chunk); err != nil {
			return err
		}
	}
	return nil
}

type due struct {
	ref  uint64
	a    *Answer
	left []string
}

func (b *Outbox) due(now time.Time) (out []due) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ref, e := range b.open {
		switch {
		case now.After(e.a.Until):
			b.forget(ref, e)
			if e.a.Kept {
				b.o.Settled(e.a.App, e.a.Event, nil)
			}
		case now.After(e.again):
			e.tries++
			e.again = now.Add(wait(e.tries) + quietWait)
			out = append(out, due{ref, e.a, slices.Clone(e.left)})
		}
	}
	return out
}

func wait(tries int) time.Duration { return min(firstWait<<min(tries, 6), lastWait) }

func (b *Outbox) forget(ref uint64, e *entry) {
	delete(b.open, ref)
	if k := (key{e.a.App, e.a.Event}); b.keys[k] == ref {
		delete(b.keys, k)
	}
}

// Receipt notes what a relay did with an answer.
func (b *Outbox) Receipt(p control.Published) {
	failpoint.Hit(failpoint.Receipt)
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.open[p.Ref]
	if e == nil {
		return
	}
	switch taken, final := judge(p); {
	case taken || final:
		e.left = slices.DeleteFunc(e.left, func(r string) bool { return r == p.Relay })
		if final {
			b.o.Gave(e.a, p.Relay, p.Reason)
		}
		if e.a.Kept {
			b.o.Settled(e.a.App, e.a.Event, slices.Clone(e.left))
		}
		if len(e.left) == 0 {
			b.forget(p.Ref, e)
		}
	default:
		e.again = b.o.Now().Add(wait(e.tries))
	}
}

// judge reads a receipt: taken, refused for good, or worth another try (NIP-01
// prefixes).
func judge(p control.Published) (taken, final bool) {
	if !p.Sent {
		return false, false
	}
	if p.OK || strings.HasPrefix(p.Reason, "duplicate:") {
		return true, false
	}
	prefix, _, _ := strings.Cut(p.Reason, ":")
	switch prefix {
	case "mute", "rate-limited", "error", "auth-required", "":
		return false, false
	}
	return false, true
}

// Nudge sends at once what is owed to a relay that came back.
func (b *Outbox) Nudge(relay string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.open {
		if slices.Contains(e.left, relay) {
			e.again = time.Time{}
			select {
			case b.poke <- struct{}{}:
			default:
			}
		}
	}
}

// Len is how many answers are under way.
func (b *Outbox) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.open)
}
