package main

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/tty"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store"
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
	tlsFlags
	logFlags
}

func (upCmd) Help() string {
	return "Examples:\n  privyseal up\n  privyseal up --relay public --key-file vault.key --metrics 127.0.0.1:9646\n  privyseal up --listen :443 --public-url https://seal.example --tls auto"
}

// Run starts the signer and runs it until it is told to stop.
func (c *upCmd) Run(ctx context.Context, m *Main) error {
	hardened := vault.HardenProcess()
	h := &house{m: m, cmd: c}
	defer h.close()
	for _, step := range []func(context.Context) error{
		h.readFlags, h.open, h.unlockOrFound, h.start,
	} {
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
func (h *house) open(ctx context.Context) (err error) {
	dir, err := h.m.dataDir()
	if err != nil {
		return err
	}
	isNew := !hasStore(dir, sqlite.File)
	if isNew {
		if err := h.setUp(ctx); err != nil {
			return err
		}
	}
	listener, taken := net.Listen("tcp", h.cmd.Listen)
	if taken == nil {
		h.listener = listener
	} else if isNew {
		return listenError(h.cmd.Listen, taken)
	}
	if h.dir, err = h.m.needDir(); err != nil {
		return err
	}
	st, err := sqlite.Open(ctx, h.dir, sqlite.Options{OnError: func(err error) { h.log.Error("the store could not write", "err", err) }})
	if err != nil {
		return err
	}
	h.store = st
	if taken != nil {
		return listenError(h.cmd.Listen, taken)
	}
	return h.readStore(ctx)
}

// readStore reads what must be known before the keeper starts.
func (h *house) readStore(ctx context.Context) error {
	sealed := false
	err := h.store.View(ctx, func(r store.Reader) error {
		seals, err := r.Seals()
		if err != nil {
			return err
		}
		sealed = len(seals) > 0
		kept, err := r.Settings()
		if err != nil {
			return err
		}
		h.socks = kept["socks"]
		h.kept = kept["relays"]
		h.cmd.Metrics = cmp.Or(h.cmd.Metrics, kept["metrics"])
		if h.cmd.LogLevel == "" {
			h.setLevel(kept["log-level"])
		}
		return nil
	})
	if err != nil || sealed || h.found != nil {
		return err
	}
	return h.setUp(ctx)
}

// unlockOrFound makes the keeper and opens its vault, or leaves it locked when
// nobody is there to open it.
func (h *house) unlockOrFound(ctx context.Context) (err error) {
	relays, err := h.relays(ctx)
	if err != nil {
		return err
	}
	h.vault = vault.New(vault.Options{})
	h.keeper, err = keeper.New(ctx, keeper.Options{
		Store: h.store, Vault: h.vault, Log: h.log, Relays: relays, Version: version(), SettingChanged: h.settingChanged,
		Anchor: h.m.anchor(), OpenSink: h.openSink, Dir: h.dir,
		Spares: h.spares(), NoKeptRelays: slices.Contains(h.cmd.Relay, "none"),
	})
	if err != nil {
		return err
	}
	if h.found != nil {
		defer h.found.wipe()
		_, err := h.found.found(ctx, h.keeper)
		return err
	}
	return h.unlock(ctx)
}

// setUp asks a person for what a new vault needs.
func (h *house) setUp(ctx context.Context) error {
	t, ok := tty.Of(h.m.Stdin, h.m.Stderr)
	if !ok || len(h.pass.Passphrase) > 0 || len(h.pass.KeyFile) > 0 {
		return noVault()
	}
	s, public, err := setUpDialogue(ctx, t, len(h.cmd.Relay) == 0)
	if err != nil {
		return err
	}
	h.found, h.public = s, public
	return nil
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
