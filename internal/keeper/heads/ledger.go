package heads

import (
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// How long what was looked for holds.
const (
	Fresh     = 10 * time.Minute // a look that told something
	retry     = time.Minute      // after one that told nothing
	errandFor = 12 * time.Second // from front to front
	maxOpen   = 64               // errands under way
	maxLooks  = 4096             // remembered
)

// Thing is what is looked for: one slot of an identity, or, with a zero slot,
// all that a general look brings.
type Thing struct {
	Identity string
	Slot     [32]byte
}

// Aim is what a look is for.
type Aim uint8

// The aims of looks.
const (
	Versions Aim = iota // of what is the identity's own and may be replaced
	Profiles            // of other people
	Events              // of the identity, by their ids
)

// Look is one errand that looks for something.
type Look struct {
	Thing
	Aim     Aim
	Filters []nostr.Filter
	Relays  []control.Place
}

// Ledger remembers what was looked for, when, and how many relays told. It is
// in memory: after a restart everything is looked for anew. The zero value is
// not ready; see [NewLedger].
type Ledger struct {
	mu    sync.Mutex
	next  uint64
	open  map[uint64]*errand
	looks map[Thing]*result
}

type errand struct {
	Look
	sent time.Time
	left map[string]bool
	told int // relays that told all they have
	done chan struct{}
}

type result struct {
	at    time.Time
	sound bool    // most of the relays told
	open  *errand // under way
}

// NewLedger makes a ledger.
func NewLedger() *Ledger { return &Ledger{open: map[uint64]*errand{}, looks: map[Thing]*result{}} }

// Begin takes up a look, unless one for the same thing is under way or was made
// lately. done is closed when it ends; nil says that there is none to wait for.
// With send the errand is the caller's to send, under ref.
func (l *Ledger) Begin(k Look, now time.Time) (ref uint64, done <-chan struct{}, send bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.expire(now)
	r := l.looks[k.Thing]
	switch {
	case r != nil && r.open != nil:
		return 0, r.open.done, false
	case r != nil && now.Sub(r.at) < r.holds(), len(k.Relays) == 0, len(l.open) >= maxOpen:
		return 0, nil, false
	case r == nil:
		if len(l.looks) >= maxLooks {
			clear(l.looks) // looks under way go on, and are told of no more
		}
		r = new(result)
		l.looks[k.Thing] = r
	}
	l.next++
	e := &errand{Look: k, sent: now, left: map[string]bool{}, done: make(chan struct{})}
	for _, p := range k.Relays {
		e.left[p.URL] = true
	}
	r.open, l.open[l.next] = e, e
	return l.next, e.done, true
}

func (r *result) holds() time.Duration {
	if r.sound {
		return Fresh
	}
	return retry
}

// Of is the look that an errand's answer belongs to; false if it is over, or
// the relay was not asked or has told already.
func (l *Ledger) Of(ref uint64, relay string) (Look, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.open[ref]
	if e == nil || !e.left[relay] {
		return Look{}, false
	}
	return e.Look, true
}

// Came notes that what one relay brought is taken in.
func (l *Ledger) Came(ref uint64, relay string, complete bool, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.open[ref]
	if e == nil || !e.left[relay] {
		return
	}
	delete(e.left, relay)
	if complete {
		e.told++
	}
	if len(e.left) == 0 {
		l.end(ref, now)
	}
}

// end closes an errand. The mutex is held.
func (l *Ledger) end(ref uint64, now time.Time) {
	e := l.open[ref]
	delete(l.open, ref)
	if r := l.looks[e.Thing]; r != nil && r.open == e {
		r.at, r.sound, r.open = now, e.told*2 > len(e.Relays), nil
	}
	close(e.done)
}

// expire gives up what the front brought no answer for. The mutex is held.
func (l *Ledger) expire(now time.Time) {
	for ref, e := range l.open {
		if now.Sub(e.sent) > errandFor || now.Before(e.sent) {
			l.end(ref, now)
		}
	}
}

// Sound reports whether most relays told lately all they have of a thing.
func (l *Ledger) Sound(t Thing, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.looks[t]
	return r != nil && r.sound && now.Sub(r.at) < Fresh && !now.Before(r.at)
}

// Forget has everything of an identity looked for anew.
func (l *Ledger) Forget(identity string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for t := range l.looks {
		if t.Identity == identity {
			delete(l.looks, t)
		}
	}
}
