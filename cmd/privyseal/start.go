package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

var (
	errInUse    = syscall.EADDRINUSE
	errNoAccess = syscall.EACCES
)

// readFlags checks everything that can be checked before anything is touched.
func (h *house) readFlags(context.Context) (err error) {
	c := h.cmd
	h.log, h.level = c.logger(h.m.Stderr)
	if err := c.check(); err != nil {
		return err
	}
	if err := checkCommand(c.NotifyCommand); err != nil {
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

// readyLine ends the start.
type readyLine struct {
	Event      string `json:"event"`
	PID        int    `json:"pid"`
	Listen     string `json:"listen"`
	Relay      string `json:"relay"`
	Metrics    string `json:"metrics,omitempty"`
	Console    string `json:"console"`
	Locked     bool   `json:"locked"`
	SetUp      bool   `json:"set_up,omitempty"` // there is no vault yet
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
			if _, err := askIn[[]control.RelayInfo](ctx, h.m, h.dir, control.VerbRelaysAdd, control.Name{Name: url}); err != nil {
				return err
			}
		}
	}
	s, err := askIn[control.Status](ctx, h.m, h.dir, control.VerbStatus, nil)
	if err != nil {
		return err
	}
	line := readyLine{
		Event: "ready", PID: os.Getpid(), Listen: h.web.Addr().String(), Relay: h.ownURL,
		Locked: s.Locked, Identities: s.Identities, Apps: s.Apps, Data: h.dir, Note: h.note, Older: s.OlderCopy != "", SetUp: !s.HasVault,
	}
	if line.SetUp {
		if err := h.showSetUp(ctx); err != nil {
			return err
		}
	}
	if h.figuresTCP != nil {
		line.Metrics = h.figuresTCP.Addr().String()
	}
	giveBack()
	notify(h.m.Getenv, "READY=1")
	return h.m.line(line, line.human)
}

func (l readyLine) human(w io.Writer) {
	parts := []string{plural(l.Identities, "identity", "identities"), plural(l.Apps, "app", "apps")}
	if l.Relay != "" {
		parts = append([]string{"relay " + l.Relay}, parts...)
	}
	if l.SetUp {
		parts = append(parts, "no vault yet: get a link to set it up with privyseal console")
	} else if l.Older {
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
