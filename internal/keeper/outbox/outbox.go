// Package outbox owes answers: each is sent to every relay its app may be
// listening on and tried again, sealed anew, until the relay takes it or nobody
// wants it any more. It refuses to drop an answer silently and to send one
// under the same event id twice.
package outbox

import (
	"context"
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
	Relays    []string  // never changed
	Until     time.Time // no longer wanted afterwards
	Kept      bool      // stored as work: Settled is called as relays take it
	Sealer    Sealer

	left  []string // never changed, but replaced
	tries int
	again time.Time // next try
}

// Sealer makes a fresh event of a response.
type Sealer interface {
	Seal(now time.Time) ([]byte, error)
}

// Options of an Outbox.
type Options struct {
	Now  func() time.Time
	Send func([]control.Outbound) error
	// Alone says that no other answer is being made: this one need not wait for
	// company. Nil: there may always be others.
	Alone func() bool
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

	sending chan struct{} // holds one while something is sent
	running bool          // guarded by sending

	mu   sync.Mutex
	next uint64
	open map[uint64]*Answer
	keys map[key]uint64
}

type key struct {
	app   string
	event nostr.ID
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
	if o.Alone == nil {
		o.Alone = func() bool { return false }
	}
	return &Outbox{o: o, queue: make(chan control.Outbound, 1024), poke: make(chan struct{}, 1), sending: make(chan struct{}, 1), open: map[uint64]*Answer{}, keys: map[key]uint64{}}
}

// Owe takes an answer over and sends it. An answer to the same request that is
// still under way is replaced.
func (b *Outbox) Owe(ctx context.Context, a *Answer) error {
	now := b.o.Now()
	ev, err := a.Sealer.Seal(now)
	if err != nil {
		return err
	}
	failpoint.Hit(failpoint.Owe)
	a.left, a.again = a.Relays, now.Add(quietWait)
	b.mu.Lock()
	b.next++
	ref := b.next
	if old, ok := b.keys[key{a.App, a.Event}]; ok {
		delete(b.open, old)
	}
	b.open[ref] = a
	b.keys[key{a.App, a.Event}] = ref
	b.mu.Unlock()
	out := control.Outbound{Ref: ref, Relays: a.Relays, Event: ev}
	if b.o.Alone() && b.direct(out) {
		failpoint.Hit(failpoint.Owed)
		return nil
	}
	select {
	case b.queue <- out:
	default:
		select {
		case b.queue <- out:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	failpoint.Hit(failpoint.Owed)
	return nil
}

// again retries what is due and forgets what nobody wants any more.
func (b *Outbox) again() error {
	now := b.o.Now()
	var items []control.Outbound
	for _, d := range b.due(now) {
		if ev, err := d.a.Sealer.Seal(now); err == nil {
			items = append(items, control.Outbound{Ref: d.ref, Relays: d.left, Event: ev})
		}
	}
	for chunk := range slices.Chunk(items, batch) {
		if err := b.send(chunk); err != nil {
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
	for ref, a := range b.open {
		switch {
		case now.After(a.Until):
			b.forget(ref, a)
			if a.Kept {
				b.o.Settled(a.App, a.Event, nil)
			}
		case now.After(a.again):
			a.tries++
			a.again = now.Add(wait(a.tries) + quietWait)
			out = append(out, due{ref, a, a.left})
		}
	}
	return out
}

func wait(tries int) time.Duration { return min(firstWait<<min(tries, 6), lastWait) }

func (b *Outbox) forget(ref uint64, a *Answer) {
	delete(b.open, ref)
	if k := (key{a.App, a.Event}); b.keys[k] == ref {
		delete(b.keys, k)
	}
}

// Receipt notes what a relay did with an answer.
func (b *Outbox) Receipt(p control.Published) {
	failpoint.Hit(failpoint.Receipt)
	b.mu.Lock()
	defer b.mu.Unlock()
	a := b.open[p.Ref]
	if a == nil {
		return
	}
	switch taken, final := judge(p); {
	case taken || final:
		a.left = without(a.left, p.Relay)
		if final {
			b.o.Gave(a, p.Relay, p.Reason)
		}
		if a.Kept {
			b.o.Settled(a.App, a.Event, a.left)
		}
		if len(a.left) == 0 {
			b.forget(p.Ref, a)
		}
	default:
		a.again = b.o.Now().Add(wait(a.tries))
	}
}

// without is a list of the relays but one; the list given stays as it is.
func without(relays []string, gone string) []string {
	if len(relays) == 1 && relays[0] == gone {
		return relays[:0:0]
	}
	out := make([]string, 0, len(relays))
	for _, r := range relays {
		if r != gone {
			out = append(out, r)
		}
	}
	return out
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
	for _, a := range b.open {
		if slices.Contains(a.left, relay) {
			a.again = time.Time{}
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
