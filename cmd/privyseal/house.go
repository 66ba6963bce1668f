package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/errand"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/transport"
	"github.com/privyseal/privyseal/internal/vault"
)

// drainFor is how long recorded work may take to finish at the end.
const drainFor = 10 * time.Second

// house is a running signer: both halves and what joins them.
type house struct {
	m     *Main
	cmd   *upCmd
	log   *slog.Logger
	level *slog.LevelVar

	dir    string
	pass   control.Passphrase // to unlock with
	found  *founding          // what a new vault is made from, if there is none
	public bool               // the person wants public relays from now on
	socks  string
	kept   string // the relays kept in settings, as a JSON list
	ownURL string // of our own relay, "" without one
	note   string // a remark for the ready line

	listener net.Listener
	store    store.Store
	vault    *vault.Vault
	keeper   *keeper.Keeper
	relay    *relay.Relay
	web      *http.Server
	figures  *http.Server
	metrics  string // the address of the figures, "" for none
	seam     *intake
	control  net.Listener

	wg      sync.WaitGroup
	failed  chan error // a part that ended by itself
	stopAll context.CancelFunc
}

// start joins the halves and opens the doors.
func (h *house) start(ctx context.Context) error {
	// The parts outlive ctx: what is recorded is finished first.
	ctx, h.stopAll = context.WithCancel(context.WithoutCancel(ctx))
	h.failed = make(chan error, 4)
	if err := h.serveWeb(); err != nil {
		return err
	}
	frontEnd, keeperEnd, err := control.Pair()
	if err != nil {
		return err
	}
	front := control.NewConn(frontEnd)
	h.seam = &intake{Conn: control.NewConn(keeperEnd)}
	carrier := transport.New(transport.Options{
		Dialer: h.dialer(), Log: h.log, Local: h.local,
		Errand: errand.New(errand.Options{Dialer: h.dialer(), Log: h.log}).Run,
	})
	h.run("the front", func() error { defer front.Close(); return carrier.Run(ctx, front) })
	h.wg.Go(func() { carrier.WatchNetwork(ctx, net.InterfaceAddrs) })
	h.run("the keeper", func() error { return h.keeper.Run(ctx, h.seam) })
	if err := h.serveMetrics(); err != nil {
		return err
	}
	return h.serveControl(ctx)
}

// dialer reaches relays, and only them.
func (h *house) dialer() *link.Dialer {
	return &link.Dialer{Socks: h.socks, AllowPrivate: h.m.AllowPrivate}
}

// run starts a part; its end before all are stopped is a failure of the whole.
func (h *house) run(name string, part func() error) {
	h.wg.Go(func() {
		err := part()
		if err == nil {
			err = errors.New("ended")
		}
		select {
		case h.failed <- errors.New(name + ": " + err.Error()):
		default:
		}
	})
}

// serve waits for the end, and makes it a clean one.
func (h *house) serve(ctx context.Context) error {
	watching, unwatch := context.WithCancel(ctx)
	defer unwatch()
	h.wg.Go(func() { h.watch(watching) })
	var err error
	select {
	case <-ctx.Done():
	case err = <-h.failed:
		h.log.Error("a part of the signer ended", "err", err)
	}
	unwatch()
	notify(h.m.Getenv, "STOPPING=1")
	h.stop()
	return err
}

// stop ends the signer: no new requests, what is recorded finished, answers
// sent, then the doors.
func (h *house) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), drainFor)
	defer cancel()
	h.control.Close()
	h.seam.stop()
	if err := h.keeper.Drain(ctx); err != nil {
		h.log.Warn("not all work was finished; the next start goes on with it", "err", err)
	}
	h.seam.Close() // the front sends what it has, then ends
	if h.relay != nil {
		if err := h.relay.Shutdown(ctx); err != nil {
			h.log.Warn("some connections to the own relay were cut off", "err", err)
		}
	}
	h.web.Close()
	h.closeMetrics(h.figures)
	h.stopAll()
	h.wg.Wait()
}

// close releases what is held, however far the start came.
func (h *house) close() {
	if h.stopAll != nil {
		h.stopAll()
	}
	for _, c := range []net.Listener{h.control, h.listener} {
		if c != nil {
			_ = c.Close()
		}
	}
	if h.web != nil {
		_ = h.web.Close()
	}
	h.closeMetrics(h.figures)
	if h.seam != nil {
		_ = h.seam.Close()
	}
	h.wg.Wait()
	if h.vault != nil {
		h.vault.Close()
	}
	if h.store != nil {
		if err := h.store.Close(); err != nil {
			h.log.Error("the store was not closed cleanly", "err", err)
		}
	}
}
