package keeper

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
)

// How many texts of one app are opened at a time, while other apps ask too and
// while none does, and how many of all apps wait for that outside the bound on
// work. So an inbox that opens at once delays no other request, and shares a
// commit with many when there is nobody to delay.
const (
	maxReading      = 16
	maxReadingAlone = 64
	fewReading      = 4 // that are no inbox
	maxQueued       = 4096
	companyFor      = time.Second // since the last request of another app
)

// company knows whether more than one app asks.
type company struct {
	mu    sync.Mutex
	app   string    // that asked last
	since time.Time // when another had asked before it
}

// reading is how many texts of an app that asks now may be opened at a time.
func (c *company) reading(app string, at time.Time) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if app != c.app {
		if c.app != "" {
			c.since = at
		}
		c.app = app
	}
	if at.Sub(c.since) < companyFor {
		return maxReading
	}
	return maxReadingAlone
}

// turns lets the readers of each app in, a few at a time, the first first.
type turns struct {
	mu   sync.Mutex
	apps map[string]*line
}

// line is one app's: how many are in, how many may be, and who waits.
type line struct {
	in, most int
	waits    []chan struct{}
}

func newTurns() *turns { return &turns{apps: map[string]*line{}} }

// enter lets the caller in, or answers what is closed when it is. From now on
// most may be in at a time; where more are in already, they may end.
func (t *turns) enter(app string, most int) <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.apps[app]
	if l == nil {
		l = &line{}
		t.apps[app] = l
	}
	l.most = most
	l.admit()
	if l.in < l.most {
		l.in++
		return nil
	}
	turn := make(chan struct{})
	l.waits = append(l.waits, turn)
	return turn
}

func (l *line) admit() {
	for l.in < l.most && len(l.waits) > 0 {
		close(l.waits[0])
		l.waits = l.waits[1:]
		l.in++
	}
}

// many reports whether so many texts of an app are being opened that who asks for
// one thing goes before them.
func (t *turns) many(app string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.apps[app]
	return l != nil && l.in > fewReading
}

// leave makes room for the next.
func (t *turns) leave(app string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.apps[app]
	l.in--
	if l.admit(); l.in == 0 {
		delete(t.apps, app)
	}
}

// giveUp is for one that no longer waits, or was let in meanwhile.
func (t *turns) giveUp(app string, turn <-chan struct{}) {
	t.mu.Lock()
	l := t.apps[app]
	i := slices.IndexFunc(l.waits, func(c chan struct{}) bool { return c == turn })
	if i >= 0 {
		l.waits = slices.Delete(l.waits, i, i+1)
	}
	t.mu.Unlock()
	if i < 0 {
		t.leave(app)
	}
}

// inTurn waits until a text of this app may be opened, while others work; the
// caller ends its turn with done.
func (k *Keeper) inTurn(ctx context.Context, app string, op privyseal.Operation, at time.Time) (done func(), err error) {
	most := k.company.reading(app, at)
	if !op.Decrypts() {
		return func() {}, nil
	}
	turn := k.reading.enter(app, most)
	if turn == nil {
		return func() { k.reading.leave(app) }, nil
	}
	select {
	case k.queued <- struct{}{}:
		defer func() { <-k.queued }()
	default: // who waited inside would keep those out whose turn it is
		k.reading.giveUp(app, turn)
		return func() {}, nil
	}
	<-k.gate
	defer func() { k.gate <- struct{}{} }()
	select {
	case <-turn:
		return func() { k.reading.leave(app) }, nil
	case <-ctx.Done():
		k.reading.giveUp(app, turn)
		return nil, ctx.Err()
	}
}
