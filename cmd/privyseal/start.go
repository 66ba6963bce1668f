package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/tty"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

var (
	errInUse    = syscall.EADDRINUSE
	errNoAccess = syscall.EACCES
)

// credentialName is the systemd credential that opens the vault.
const credentialName = "privyseal"

// tries is how often a person may mistype the passphrase.
const tries = 3

// readFlags checks everything that can be checked before anything is touched.
func (h *house) readFlags(context.Context) (err error) {
	c := h.cmd
	h.log, h.level = c.logger(h.m.Stderr)
	if err := c.check(); err != nil {
		return err
	}
	if _, port, err := net.SplitHostPort(c.Listen); err != nil || port == "" {
		return usage("“"+c.Listen+"” is not an address to listen on", "for example: --listen 127.0.0.1:4646")
	}
	others := false
	for i, r := range c.Relay {
		if r == "public" || r == "none" {
			others = others || r == "public"
			continue
		}
		if c.Relay[i], err = nostr.NormalizeRelayURL(r); err != nil {
			return usage("“"+r+"” is not the address of a relay: "+tidy(err), "for example: --relay wss://relay.example, --relay public or --relay none")
		}
		others = true
	}
	if !c.OwnRelay && !others {
		return usage("without the own relay and without another one no app reaches the signer", "name one with --relay URL")
	}
	if c.PassphraseFile != "" && c.KeyFile != "" {
		return usage("--passphrase-file and --key-file are two ways to do the same", "give one of them")
	}
	if c.PassphraseFile != "" {
		h.pass.Passphrase, err = h.m.passphraseFile(c.PassphraseFile)
	} else if c.KeyFile != "" {
		h.pass.KeyFile, err = h.m.keyFile(c.KeyFile)
	}
	return err
}

// unlock opens the vault by what was given; without anything and without a
// person the signer starts locked.
func (h *house) unlock(ctx context.Context) error {
	defer clear(h.pass.Passphrase)
	defer clear(h.pass.KeyFile)
	if older := h.keeper.Older(); older != "" {
		h.remark(strings.TrimSuffix(older, ".") + " (see: privyseal doctor)")
		return nil
	}
	if len(h.pass.Passphrase) > 0 || len(h.pass.KeyFile) > 0 {
		return h.keeper.Unlock(ctx, h.pass)
	}
	if dir := h.m.Getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		key, err := os.ReadFile(filepath.Join(dir, credentialName))
		if err == nil {
			defer clear(key)
			return h.unlockCredential(ctx, key)
		}
		if !errors.Is(err, os.ErrNotExist) {
			return fileError(filepath.Join(dir, credentialName), "credential", err)
		}
	}
	t, ok := tty.Of(h.m.Stdin, h.m.Stderr)
	if !ok {
		return nil
	}
	for try := 1; ; try++ {
		pass, err := t.Secret(ctx, "Passphrase: ")
		if err != nil {
			return err
		}
		err = h.keeper.Unlock(ctx, control.Passphrase{Passphrase: pass})
		clear(pass)
		if err == nil || privyseal.KindOf(err) != privyseal.KindDenied || try == tries {
			return err
		}
		t.Say("That is not the passphrase.")
	}
}

// unlockCredential opens the vault with a systemd credential: one it was sealed
// with as such, or a key file that systemd hands over.
func (h *house) unlockCredential(ctx context.Context, key []byte) error {
	err := h.keeper.UnlockCredential(credentialName, key)
	if err != nil && h.keeper.Unlock(ctx, control.Passphrase{KeyFile: key}) == nil {
		return nil
	}
	return err
}

// readyLine ends the start.
type readyLine struct {
	Event      string `json:"event"`
	PID        int    `json:"pid"`
	Listen     string `json:"listen"`
	Relay      string `json:"relay"`
	Metrics    string `json:"metrics,omitempty"`
	Console    string `json:"console"`
	Locked     bool   `json:"locked"`
	Older      bool   `json:"older_copy,omitempty"`
	Identities int    `json:"identities"`
	Apps       int    `json:"apps"`
	Data       string `json:"data"`
	Note       string `json:"note,omitempty"`
}

// ready keeps the person's choice of relays, and says that the signer runs.
func (h *house) ready(ctx context.Context) error {
	if h.public {
		for _, url := range h.fastest(ctx) {
			args, err := json.Marshal(control.Name{Name: url})
			if err != nil {
				return err
			}
			if _, err := h.keeper.Call(ctx, control.CommandLine, control.VerbRelaysAdd, args, nil); err != nil {
				return err
			}
		}
	}
	v, err := h.keeper.Call(ctx, control.CommandLine, control.VerbStatus, nil, nil)
	if err != nil {
		return err
	}
	s := v.(control.Status)
	line := readyLine{
		Event: "ready", PID: os.Getpid(), Listen: h.listener.Addr().String(), Relay: h.ownURL, Metrics: h.metrics,
		Locked: s.Locked, Identities: s.Identities, Apps: s.Apps, Data: h.dir, Note: h.note, Older: s.OlderCopy != "",
	}
	notify(h.m.Getenv, "READY=1")
	return h.m.line(line, line.human)
}

func (l readyLine) human(w io.Writer) {
	parts := []string{plural(l.Identities, "identity", "identities"), plural(l.Apps, "app", "apps")}
	if l.Relay != "" {
		parts = append([]string{"relay " + l.Relay}, parts...)
	}
	if l.Older {
		parts = append(parts, "locked: to go on all the same, privyseal unlock --accept-older")
	} else if l.Locked {
		parts = append(parts, "locked: open it with privyseal unlock")
	}
	said := strings.Join(parts, ", ")
	if l.Note != "" {
		said += ". " + l.Note
	}
	fmt.Fprintf(w, "ready — %s\n", said)
}

// hostOf is the host and port of a URL.
func hostOf(url string) string {
	_, rest, ok := strings.Cut(url, "://")
	if !ok {
		rest = url
	}
	host, _, _ := strings.Cut(rest, "/")
	return host
}
