package keeper

import (
	"context"
	"slices"
	"sync"

	"github.com/privyseal/privyseal"
)

// How many texts of one app are opened at a time, and how many of all apps wait
// for that outside the bound on work. So an inbox that opens at once delays no
// other request; those under way share a commit all the same.
const (
	maxReading = 16
	maxQueued  = 4096
)

// turns lets the readers of each app in, a few at a time, the first first.
type turns struct {
	mu   sync.Mutex
	most int
	apps map[string]*line
}

// line is one app's: how many are in, and who waits.
type line struct {
	in    int
	waits []chan struct{}
}

func newTurns(most int) *turns { return &turns{most: most, apps: map[string]*line{}} }

// enter lets the caller in, or answers what is closed when it is.
func (t *turns) enter(app string) <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.apps[app]
	if l == nil {
		l = &line{}
		t.apps[app] = l
	}
	if l.in < t.most {
		l.in++
		return nil
	}
	turn := make(chan struct{})
	l.waits = append(l.waits, turn)
	return turn
}

// leave makes room for the next.
func (t *turns) leave(app string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.apps[app]
	if len(l.waits) > 0 {
		close(l.waits[0])
		l.waits = l.waits[1:]
		return
	}
	if l.in--; l.in == 0 {
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
func (k *Keeper) inTurn(ctx context.Context, app string, op privyseal.Operation) (done func(), err error) {
	if !op.Decrypts() {
		return func() {}, nil
	}
	turn := k.reading.enter(app)
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
