package keeper

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
)

// How many texts of one app are opened at a time: while another app asks, for a
// second after it did, and else. And how many of all apps wait for that outside
// the bound on work. So an inbox that opens at once delays no other request, and
// shares a commit with many when there is nobody to delay.
const (
	maxReadingBeside = 1
	maxReading       = 16
	maxReadingAlone  = 64
	fewReading       = 4 // that are no inbox
	maxQueued        = 4096

	besideFor  = 100 * time.Millisecond // since the last request of another app
	companyFor = time.Second

	// Beside another app, one more text for so much of a commit's time: on a slow
	// disk it is that which takes long, for one as for many, and not the texts.
	commitPerText = 2 * time.Millisecond
)

// company knows which app asks, and when another did. An inbox does not count:
// two that open at once would only hold each other up.
type company struct {
	mu     sync.Mutex
	app    string // that asked last
	at     time.Time
	other  time.Time     // when another had asked before it
	commit time.Duration // of a text, smoothed
}

// asks notes that an app asks for something that is no inbox.
func (c *company) asks(app string, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if app != c.app {
		c.app, c.other = app, c.at
	}
	c.at = at
}

// committed hears how long a text's commit took.
func (c *company) committed(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commit += (d - c.commit) / 8
}

// reading is how many texts of an app may be opened at a time now.
func (c *company) reading(app string, now time.Time) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	last := c.at
	if app == c.app {
		last = c.other
	}
	switch d := now.Sub(last); {
	case d < besideFor:
		return min(max(int(c.commit/commitPerText), maxReadingBeside), maxReading)
	case d < companyFor:
		return maxReading
	}
	return maxReadingAlone
}

// turns lets the readers of each app in, a few at a time, the first first.
type turns struct {
	mu   sync.Mutex
	apps map[string]*line
}

// line is one app's: how many are in, and who waits.
type line struct {
	in    int
	waits []chan struct{}
}

func newTurns() *turns { return &turns{apps: map[string]*line{}} }

// enter lets the caller in, where fewer than most are, or answers what is closed
// when it is.
func (t *turns) enter(app string, most int) <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.apps[app]
	if l == nil {
		l = &line{}
		t.apps[app] = l
	}
	l.admit(most)
	if l.in < most {
		l.in++
		return nil
	}
	turn := make(chan struct{})
	l.waits = append(l.waits, turn)
	return turn
}

func (l *line) admit(most int) {
	for l.in < most && len(l.waits) > 0 {
		close(l.waits[0])
		l.waits = l.waits[1:]
		l.in++
	}
}

// many reports whether so many texts of an app are opened or wait for it that who
// asks for one thing goes before them.
func (t *turns) many(app string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.apps[app]
	return l != nil && l.in+len(l.waits) > fewReading
}

// leave makes room for the next, as long as most are in.
func (t *turns) leave(app string, most int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.apps[app]
	l.in--
	if l.admit(most); l.in == 0 {
		delete(t.apps, app)
	}
}

// giveUp is for one that no longer waits, or was let in meanwhile.
func (t *turns) giveUp(app string, turn <-chan struct{}, most int) {
	t.mu.Lock()
	l := t.apps[app]
	i := slices.IndexFunc(l.waits, func(c chan struct{}) bool { return c == turn })
	if i >= 0 {
		l.waits = slices.Delete(l.waits, i, i+1)
	}
	t.mu.Unlock()
	if i < 0 {
		t.leave(app, most)
	}
}

// inTurn waits until a text of this app may be opened, while others work; the
// caller ends its turn with done.
func (k *Keeper) inTurn(ctx context.Context, app string, op privyseal.Operation, at time.Time) (done func(), err error) {
	if !op.Decrypts() || !k.reading.many(app) {
		k.company.asks(app, at)
	}
	if !op.Decrypts() {
		return func() {}, nil
	}
	leave := func() { k.reading.leave(app, k.most(app)) }
	turn := k.reading.enter(app, k.most(app))
	if turn == nil {
		return leave, nil
	}
	select {
	case k.queued <- struct{}{}:
		defer func() { <-k.queued }()
	default: // who waited inside would keep those out whose turn it is
		k.reading.giveUp(app, turn, k.most(app))
		return func() {}, nil
	}
	<-k.gate
	defer func() { k.gate <- struct{}{} }()
	select {
	case <-turn:
		return leave, nil
	case <-ctx.Done():
		k.reading.giveUp(app, turn, k.most(app))
		return nil, ctx.Err()
	}
}

// most is how many texts of an app may be opened at a time now.
func (k *Keeper) most(app string) int { return k.company.reading(app, k.now()) }
