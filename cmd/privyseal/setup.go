package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/tty"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/vault"
)

// setUp has a person make a vault: in a browser, or at the terminal. Without a
// terminal only a browser is left. A key that is given is for a vault that is
// not there: whoever gave it did not want a new one.
func (h *house) setUp(ctx context.Context) error {
	if h.inBrowser {
		return nil
	}
	if !h.pass.none() || h.credential() {
		return fail(privyseal.KindNotFound, "there is no vault yet for the key to open",
			"make one with: privyseal init; or start without a key, and set it up in a browser")
	}
	t, ok := tty.Of(h.m.Stdin, h.m.Stderr)
	if !ok {
		h.inBrowser = true
		return nil
	}
	t.Say("Privy Seal keeps your Nostr key in this computer, locked by a passphrase.\nApps ask it for signatures and never see the key.\n")
	var err error
	if h.inBrowser, err = t.Confirm(ctx, "Set it up in your browser?", true); err != nil || h.inBrowser {
		return err
	}
	s, public, err := setUpDialogue(ctx, t, h.asksPublic())
	if err != nil {
		return err
	}
	s.Lang = h.m.foreign()
	h.found, h.public = s, public
	return nil
}

// asksPublic reports whether it is the person's choice to use public relays.
func (h *house) asksPublic() bool { return len(h.cmd.Relay) == 0 }

// credential reports whether systemd handed over a key.
func (h *house) credential() bool {
	dir := h.m.Getenv("CREDENTIALS_DIRECTORY")
	if dir == "" {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, credentialName))
	return err == nil
}

// showSetUp prints the link that leads to setting up, if somebody sits here: it
// is not written to a file or a pipe.
func (h *house) showSetUp(ctx context.Context) error {
	if _, ok := tty.Of(h.m.Stdin, h.m.Stderr); !ok || !isTerminal(h.m.Stderr) {
		return nil
	}
	code, err := askIn[control.PersonCode](ctx, h.m, h.dir, control.VerbConsoleCode, control.Name{})
	if err != nil {
		return err
	}
	fmt.Fprintln(h.m.Stderr)
	sayLink(h.m.Stderr, code)
	return nil
}

// sayLink prints a link that works once.
func sayLink(w io.Writer, c control.PersonCode) {
	what := "sign in as " + printable(c.Person.Name)
	if c.SetUp {
		what = "set up your key"
	}
	fmt.Fprintf(w, "%s\n\nOpen it in a browser to %s. It works once, until %s.\n", c.Link, what, clock(c.ExpiresAt))
}

// setUpDialogue asks what a new vault needs: one screenful.
func setUpDialogue(ctx context.Context, t *tty.Terminal, askPublic bool) (*keeper.Founding, bool, error) {
	s := &keeper.Founding{}
	var err error
	for checkName(s.Name) != nil {
		if s.Name, err = t.Line(ctx, "A name for this identity [me]: "); err != nil {
			return nil, false, err
		}
		if s.Name == "" {
			s.Name = "me"
		}
	}
	if s.Passphrase, err = twice(ctx, t, fmt.Sprintf("passphrase (at least %d characters)", vault.MinPassphrase)); err != nil {
		return nil, false, err
	}
	if err := askImport(ctx, t, s); err != nil {
		return nil, false, err
	}
	public := false
	if askPublic {
		if public, err = t.Confirm(ctx, "Use it with your phone and websites too?", true); err != nil {
			return nil, false, err
		}
	}
	t.Say("")
	return s, public, nil
}

// askImport asks for an existing key until it opens, or for none.
func askImport(ctx context.Context, t *tty.Terminal, s *keeper.Founding) error {
	for {
		key, err := t.Secret(ctx, "Paste your key (nsec…) if you have one, or press Enter for a new one: ")
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(key)) == 0 {
			return nil
		}
		s.Secret = key
		if bytes.HasPrefix(bytes.TrimSpace(key), []byte("ncryptsec")) {
			if s.Password, err = t.Secret(ctx, "The password of that key: "); err != nil {
				return err
			}
		}
		if err = s.CheckKey(); err == nil {
			return nil
		}
		f := asFailure(err)
		t.Say("%s. %s", strings.TrimRight(f.Msg, "."), f.Hint)
		s.Secret.Wipe()
		s.Secret, s.Password = nil, nil
	}
}
