// Package canary measures whether the signer hears: it sends itself a request
// through each relay and times its way back, every few minutes and at once
// after anything that could have made it deaf. It refuses to call a relay good
// because it is connected: health is only ever what came back.
package canary

import (
	"context"
	"sync"
	"time"
)

// State is what is known of a relay. The zero value is not measured yet.
type State uint8

// The states of a relay.
const (
	Unmeasured State = iota
	Good
	Missing // the last request did not come back; it is tried again
	Deaf    // several did not: requests of apps do not arrive through it
)

// String names the state.
func (s State) String() string {
	switch s {
	case Good:
		return "good"
	case Missing:
		return "missing"
	case Deaf:
		return "deaf"
	case Unmeasured:
	}
	return "unmeasured"
}

// Health is what was measured of a relay.
type Health struct {
	Relay  string
	State  State
	Since  time.Time     // of the state
	Last   time.Time     // last request that came back
	Took   time.Duration // its way
	Misses int           // requests in a row that did not
}

// How often a relay is measured, and when what is done about one that fails.
const (
	Every      = 3 * time.Minute  // while all is well
	Again      = 2 * time.Second  // after a first miss
	AgainDeaf  = 20 * time.Second // while deaf
	DeafAfter  = 2                // misses in a row
	RenewEvery = 3                // further misses until the connection is made anew once more
	ReplaceFor = 5 * time.Minute  // deaf for so long: another relay takes over
)

// Options of a Canary. All functions but Now are called from its goroutines.
type Options struct {
	Now func() time.Time
	// Relays are those to measure.
	Relays func() []string
	// Probe sends a request through a relay and times its way back. It must
	// end with ctx.
	Probe func(ctx context.Context, relay string) (time.Duration, error)
	// Renew makes the relay's connection and subscriptions anew.
	Renew func(relay string)
	// Replace finds another relay for one that stays deaf.
	Replace func(relay string)
	// Changed hears of every change of state.
	Changed func(Health)
	// Jumped hears that the machine slept or its clock was set.
	Jumped func(by time.Duration)
	// Patience bounds one request's way; 0: [Patience].
	Patience time.Duration
}

// Patience is how long a request may be on its way.
const Patience = 5 * time.Second

// Canary measures relays until its Run ends.
type Canary struct {
	o    Options
	wake chan struct{}

	mu     sync.Mutex
	relays map[string]*watch
}

type watch struct {
	Health
	due      time.Time
	busy     bool
	nudged   bool // while busy
	replaced bool
}

// New makes a canary; Run starts it.
func New(o Options) *Canary {
	if o.Patience <= 0 {
		o.Patience = Patience
	}
	return &Canary{o: o, wake: make(chan struct{}, 1), relays: map[string]*watch{}}
}

// Run measures until ctx ends.
func (c *Canary) Run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	clock := newClock(c.o.Now())
	for {
		now := c.o.Now()
		if by := clock.jump(now); by != 0 {
			c.o.Jumped(by)
			c.Nudge("")
		}
		for _, relay := range c.due(now) {
			wg.Go(func() { c.measure(ctx, relay) })
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-c.wake:
		}
	}
}

// Nudge measures a relay at once, or every relay with "".
func (c *Canary) Nudge(relay string) {
	c.mu.Lock()
	for url, w := range c.relays {
		if relay == "" || relay == url {
			w.due, w.nudged = time.Time{}, w.busy
		}
	}
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Health is what is known of every relay now measured.
func (c *Canary) Health(relay string) (Health, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.relays[relay]
	if w == nil {
		return Health{}, false
	}
	return w.Health, true
}

// due takes the relays whose time has come and forgets those no longer wanted.
func (c *Canary) due(now time.Time) (relays []string) {
	want := map[string]bool{}
	for _, url := range c.o.Relays() {
		want[url] = true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for url, w := range c.relays {
		if !want[url] && !w.busy {
			delete(c.relays, url)
		}
	}
	for url := range want {
		w := c.relays[url]
		if w == nil {
			w = &watch{Health: Health{Relay: url, Since: now}}
			c.relays[url] = w
		}
		if !w.busy && !now.Before(w.due) {
			w.busy = true
			relays = append(relays, url)
		}
	}
	return relays
}

// measure sends one request and acts on what became of it.
func (c *Canary) measure(ctx context.Context, relay string) {
	pctx, cancel := context.WithTimeout(ctx, c.o.Patience)
	took, err := c.o.Probe(pctx, relay)
	cancel()
	if ctx.Err() != nil {
		return
	}
	now := c.o.Now()
	c.mu.Lock()
	w := c.relays[relay]
	if w == nil {
		c.mu.Unlock()
		return
	}
	w.busy = false
	before := w.State
	if err == nil {
		w.heard(now, took)
	} else {
		w.missed(now)
	}
	if w.nudged {
		w.due, w.nudged = time.Time{}, false
	}
	if w.State != before {
		w.Since = now
	}
	health, replace := w.Health, w.replace(now)
	c.mu.Unlock()

	if health.State != before {
		c.o.Changed(health)
	}
	switch {
	case err == nil:
	case replace:
		c.o.Replace(relay)
	case health.Misses >= DeafAfter && (health.Misses-DeafAfter)%RenewEvery == 0:
		c.o.Renew(relay)
	}
}

func (w *watch) heard(now time.Time, took time.Duration) {
	w.State, w.Last, w.Took, w.Misses, w.replaced = Good, now, took, 0, false
	w.due = now.Add(Every)
}

func (w *watch) missed(now time.Time) {
	w.Misses++
	w.State, w.due = Missing, now.Add(Again)
	if w.Misses >= DeafAfter {
		w.State, w.due = Deaf, now.Add(AgainDeaf)
	}
}

// replace reports, once, that a relay stayed deaf for too long.
func (w *watch) replace(now time.Time) bool {
	if w.State != Deaf || w.replaced || now.Sub(w.Since) < ReplaceFor {
		return false
	}
	w.replaced = true
	return true
}
