package main

import (
	"context"
	"errors"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/child"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/internal/vault"
)

type upCmd struct {
	Listen         string   `default:"127.0.0.1:4646" placeholder:"ADDR" help:"Where the own relay listens; port 0 picks a free one."`
	Relay          []string `sep:"none" placeholder:"public|none|URL" help:"Relays besides the own one; may be repeated."`
	OwnRelay       bool     `default:"true" negatable:"" help:"Run our own relay."`
	PassphraseFile string   `placeholder:"FILE" help:"Unlock with the passphrase in a file; - is standard input."`
	KeyFile        string   `placeholder:"FILE" help:"Unlock with a key file."`
	Metrics        string   `placeholder:"ADDR" help:"Serve figures at http://ADDR/metrics (Prometheus); else the setting metrics."`
	NotifyCommand  string   `placeholder:"FILE" help:"A program to run when a question waits; it is told where to look, and nothing else."`
	tlsFlags
	logFlags
}

func (upCmd) Help() string {
	return "Examples:\n  privyseal up\n  privyseal up --relay public --key-file vault.key --metrics 127.0.0.1:9646\n  privyseal up --listen :443 --public-url https://seal.example --tls auto"
}

// Run starts the signer and runs it until it is told to stop.
func (c *upCmd) Run(ctx context.Context, m *Main) error {
	hardened := vault.HardenProcess()
	h := newHouse(m, c)
	h.ctx = ctx
	defer h.close()
	for _, step := range []func(context.Context) error{h.readFlags, h.open, h.begin} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	if hardened != nil {
		h.log.Warn("the process could not be protected from tracing", "err", hardened)
	}
	if err := h.ready(ctx); err != nil {
		return err
	}
	return h.serve(ctx)
}

// open takes the address and the data directory. Whoever has the directory is
// named first; nothing is made when the address is taken.
func (h *house) open(ctx context.Context) error {
	dir, err := h.m.dataDir()
	if err != nil {
		return err
	}
	isNew := !hasStore(dir, sqlite.File)
	if isNew {
		err = h.setUp(ctx)
	} else {
		h.lock, err = hold(ctx, dir)
	}
	if err != nil {
		return err
	}
	if h.web, err = openAddress(ctx, h.cmd.Listen, !isNew); err != nil {
		return listenError(h.cmd.Listen, err)
	}
	if h.dir, err = h.m.needDir(); err != nil {
		return err
	}
	if h.lock == nil {
		if h.lock, err = hold(ctx, h.dir); err != nil {
			return err
		}
	}
	return h.openSockets()
}

// openAddress listens on an address; again says that a killed signer may still
// have it for a moment.
func openAddress(ctx context.Context, addr string, again bool) (*child.Door, error) {
	for deadline := time.Now().Add(letGoFor / 2); ; {
		d, err := child.Open("tcp", addr)
		if !again || !errors.Is(err, errInUse) || time.Now().After(deadline) || pause(ctx) != nil {
			return d, err
		}
	}
}

// listenError says why an address cannot be listened on.
func listenError(addr string, err error) error {
	switch {
	case errors.Is(err, errInUse):
		return fail(privyseal.KindConflict, "another program listens on "+addr, "choose another address with --listen, for example: --listen 127.0.0.1:0")
	case errors.Is(err, errNoAccess):
		return fail(privyseal.KindDenied, "this user may not listen on "+addr, "choose a port above 1023 with --listen")
	}
	return usage("cannot listen on "+addr, "give an address of this computer, for example: --listen 127.0.0.1:4646")
}
