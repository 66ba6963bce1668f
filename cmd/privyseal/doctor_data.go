package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"slices"
	"strings"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/internal/vault"
)

// data looks at the database, the vault's seals and the record.
func (c *checkup) data(ctx context.Context) {
	const noVaultFix = "make one: privyseal up asks you, privyseal init does not"
	s, err := sqlite.OpenReadOnly(c.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		c.add("vault", problem, "there is no vault yet", noVaultFix)
		return
	case err != nil:
		c.add("database", problem, tidy(err), "restore a backup: privyseal restore FILE")
		return
	}
	defer s.Close()
	if err := s.Check(ctx); err != nil {
		c.add("database", problem, tidy(err), "restore a backup: privyseal restore FILE")
		return
	}
	c.add("database", fine, "whole", "")
	var kinds []string
	err = s.View(ctx, func(r store.Reader) error {
		seals, err := r.Seals()
		for _, x := range seals {
			kinds = append(kinds, x.Type)
		}
		return err
	})
	switch {
	case err != nil:
		c.add("vault", problem, "its seals cannot be read: "+tidy(err), "restore a backup: privyseal restore FILE")
	case len(kinds) == 0:
		c.add("vault", problem, "there is no vault yet", noVaultFix)
	case !slices.Contains(kinds, vault.SealPassphrase):
		c.add("vault", warning, "it opens only by "+strings.Join(kinds, ", ")+"; whoever has that file has the keys", "add a passphrase: privyseal passphrase change")
	default:
		c.add("vault", fine, "opens by "+strings.Join(kinds, ", "), "")
	}
	v, err := keeper.Verify(ctx, s)
	switch {
	case err != nil:
		c.add("record", problem, "it cannot be read: "+tidy(err), "restore a backup: privyseal restore FILE")
	case !v.OK:
		c.add("record", problem, "it was changed: "+v.Problems[0].Text, "see all of it: privyseal activity verify")
	default:
		c.add("record", fine, plural(int(v.Records), "entry", "entries")+", none changed", "")
	}
}

// memoryFinding says what this system does to keep this process's secrets in
// memory.
func memoryFinding() control.Finding {
	_ = vault.HardenProcess()
	r := vault.Hardening()
	var missing []string
	for _, x := range []struct {
		have bool
		what string
	}{
		{r.Locked, "secrets may be swapped to disk (mlock)"},
		{r.NoDump, "secrets may be in core dumps (madvise)"},
		{r.NoTrace, "programs of the same user may read the process's memory (ptrace)"},
		{r.NoCore, "core dumps are not limited (rlimit)"},
	} {
		if !x.have {
			missing = append(missing, x.what)
		}
	}
	f := control.Finding{Check: "memory", State: fine, Text: "locked, not dumped, not traced"}
	if len(missing) > 0 {
		f.State, f.Text = warning, strings.Join(missing, "; ")
		f.Fix = "raise the limit of locked memory (ulimit -l), or use an encrypted swap"
	}
	return f
}

// running looks at the running signer and its relays, or at why none runs.
func (c *checkup) running(ctx context.Context) error {
	s, err := ask[control.Status](ctx, c.m, control.VerbStatus, nil)
	switch {
	case errors.Is(err, errNotRunning):
		c.add("signer", warning, "it is not running", "start it with: privyseal up")
		c.findings = append(c.findings, memoryFinding())
		c.offline(ctx)
		c.port()
		return nil
	case err != nil:
		c.add("signer", problem, asFailure(err).Msg, "stop it and start it again: privyseal up")
		return ctx.Err()
	}
	c.add("signer", fine, fmt.Sprintf("version %s runs as process %d, %s", s.Version, s.PID, plural(s.Apps, "app", "apps")), "")
	if s.Version != version() {
		c.add("version", warning, "this command is version "+version()+", the signer another", "start the signer anew")
	}
	switch {
	case !s.HasVault:
		c.add("vault", warning, "there is no vault yet", "get a link to set it up: privyseal console")
	case s.Locked && s.OlderCopy == "":
		c.add("vault", warning, "it is locked; apps get no signature", "privyseal unlock")
	}
	if s.Store != fine {
		c.add("database", problem, s.Store, "make room on the disk, then start the signer anew")
	}
	c.findings = append(c.findings, s.Findings...)
	if err := c.found(ctx); err != nil {
		return err
	}
	return c.relays(ctx)
}

// offline looks at what only a stopped signer's data tells.
func (c *checkup) offline(ctx context.Context) {
	s, err := sqlite.OpenReadOnly(c.dir)
	if err != nil {
		return // data has said so
	}
	defer s.Close()
	c.older(ctx, s)
}

// relays sends a request through each relay.
func (c *checkup) relays(ctx context.Context) error {
	list, err := ask[[]control.RelayInfo](ctx, c.m, control.VerbRelaysTest, control.Name{})
	if err != nil {
		c.add("relays", problem, "they could not be tested: "+asFailure(err).Msg, "privyseal relays test")
		return ctx.Err()
	}
	good := 0
	for _, r := range list {
		if r.RoundTrip > 0 {
			good++
			c.add("relay "+r.URL, fine, fmt.Sprintf("a request came back after %.0f ms", r.RoundTrip), "")
			continue
		}
		why := strings.Trim(r.State+": "+r.Detail, ": ")
		c.add("relay "+r.URL, warning, "no request came back ("+why+")", "try later, or use another one: privyseal relays add URL")
	}
	if good == 0 {
		c.add("relays", problem, "no relay works: no app can reach the signer", "look at the network, or add a relay: privyseal relays add URL")
	}
	return nil
}

// port looks whether the usual address is free.
func (c *checkup) port() {
	const addr = "127.0.0.1:4646"
	l, err := net.Listen("tcp", addr)
	if err != nil {
		c.add("port", warning, "another program listens on "+addr, "start with another one: privyseal up --listen 127.0.0.1:0")
		return
	}
	_ = l.Close()
	c.add("port", fine, addr+" is free", "")
}
