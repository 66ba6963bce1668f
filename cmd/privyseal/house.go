package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/privyseal/privyseal/cmd/privyseal/internal/child"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store/sqlite"
)

// Patience with the halves at the end.
const (
	drainFor = 10 * time.Second       // recorded work may take so long to finish
	closeFor = drainFor + time.Second // and all of a half's end
)

// house is the supervisor: it starts both halves, opens what lies outside the
// data directory for them, and starts anew what dies. It holds no fact and
// reads nothing from the network.
type house struct {
	m     *Main
	cmd   *upCmd
	ctx   context.Context // of the start
	log   *slog.Logger
	level *slog.LevelVar

	dir       string
	lock      *sqlite.Lock
	pass      key              // to unlock with, at the start
	found     *keeper.Founding // what a new vault is made from, if there is none
	public    bool             // the person wants public relays from now on
	inBrowser bool             // there is no vault, and it is set up in a browser
	socks     string
	kept      string // the relays kept in settings, as a JSON list
	ownURL    string // of our own relay, "" without one

	web, figures, figuresTCP, control *child.Door
	launcher                          *child.Launcher
	keeper, front                     *half
	store                             chan opened
	measured                          chan []string
	tries                             sync.Once
	best                              []string      // public relays that answered
	agreed                            chan struct{} // closed once terms are there
	terms                             terms

	turn   sync.Mutex // of asking for a key
	asked  int        // how often the person was asked for the passphrase
	mu     sync.Mutex
	note   string // a remark for the ready line
	inWork bool   // the start is over
	stops  chan struct{}
	end    func() // closes stops
	minds  sync.WaitGroup
}

func newHouse(m *Main, c *upCmd) *house {
	stops := make(chan struct{})
	return &house{
		m: m, cmd: c, keeper: newHalf("keeper"), front: newHalf("front"),
		store: make(chan opened, 1), measured: make(chan []string, 1), agreed: make(chan struct{}), stops: stops, end: sync.OnceFunc(func() { close(stops) }),
	}
}

// begin starts both halves: the keeper up to its store, then the front, by what
// the store says, then the rest of the keeper.
func (h *house) begin(ctx context.Context) error {
	h.launcher = child.NewLauncher()
	if err := h.startKeeper(); err != nil {
		return err
	}
	if err := h.awaitStore(ctx); err != nil {
		return err
	}
	if err := h.prepare(ctx); err != nil {
		return err
	}
	if err := h.startFront(); err != nil {
		return err
	}
	if err := h.agree(ctx); err != nil {
		return err
	}
	if err := h.front.await(ctx); err != nil {
		return err
	}
	if err := h.keeper.await(ctx); err != nil {
		return err
	}
	h.started()
	return h.join()
}

// awaitStore waits until the keeper has the store, and takes over what it says.
func (h *house) awaitStore(ctx context.Context) error {
	proc := h.keeper.process()
	select {
	case o := <-h.store:
		h.socks, h.kept = o.Socks, o.Relays
		if h.cmd.Metrics == "" {
			h.cmd.Metrics = o.Metrics
		}
		if h.cmd.LogLevel == "" {
			setLevel(h.level, o.Level)
			h.front.orders.level(o.Level)
		}
		if o.Sealed || h.found != nil {
			return nil
		}
		return h.setUp(ctx)
	case <-proc.Ended():
		return h.keeper.await(ctx)
	case b := <-h.keeper.ready:
		if b.Failed == nil {
			return errors.New("the keeper began without a store")
		}
		return b.Failed.failure()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// agree tells the keeper what it works on.
func (h *house) agree(ctx context.Context) error {
	h.terms = terms{Relays: h.relays(ctx), Spares: h.spares(), NoKeptRelays: h.leftOut(), Site: h.site(), Command: h.cmd.NotifyCommand != "", Found: seedOf(h.found)}
	if h.asksPublic() {
		h.terms.Reviewed = h.reviewed()
	}
	close(h.agreed)
	return nil
}

func (h *house) startKeeper() error {
	return h.keeper.start(h.launcher, child.Spec{
		Args: []string{keeperVerb}, Stderr: h.m.Stderr, Doors: []*child.Door{h.control}, Answer: h.answerKeeper,
	})
}

func (h *house) startFront() error {
	doors := []*child.Door{h.web, h.figures}
	if h.figuresTCP != nil {
		doors = append(doors, h.figuresTCP)
	}
	return h.front.start(h.launcher, child.Spec{
		Args: []string{frontVerb}, Stderr: h.m.Stderr, Doors: doors, Answer: h.answerFront,
	})
}

// working reports whether the start is over.
func (h *house) working() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.inWork
}

// started wipes what only the start needed.
func (h *house) started() {
	h.turn.Lock()
	h.pass.wipe()
	h.turn.Unlock()
	h.found.Wipe()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.inWork = true
}

// serve waits for the end, and makes it a clean one.
func (h *house) serve(ctx context.Context) error {
	h.mind(h.keeper, h.startKeeper)
	h.mind(h.front, h.startFront)
	watching, unwatch := context.WithCancel(ctx)
	defer unwatch()
	h.minds.Go(func() { h.watch(watching) })
	dumps := passQuit(h)
	defer dumps()
	<-ctx.Done()
	unwatch()
	notify(h.m.Getenv, "STOPPING=1")
	h.end()
	h.minds.Wait()
	for _, half := range []*half{h.keeper, h.front} { // the front sends what the keeper still answers
		if err := half.finish(closeFor); err != nil {
			h.log.Warn("not all was finished; the next start goes on with it", "err", err)
		}
	}
	return nil
}

// close releases what is held, however far the start came.
func (h *house) close() {
	h.front.kill()
	h.keeper.kill()
	for _, d := range []*child.Door{h.control, h.figures, h.figuresTCP, h.web} {
		if d != nil {
			_ = d.Close()
		}
	}
	if h.launcher != nil {
		h.launcher.Close()
	}
	if h.lock != nil {
		_ = h.lock.Close()
	}
	h.pass.wipe()
	h.found.Wipe()
}
