package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/tty"
	"github.com/privyseal/privyseal/internal/vault"
)

// noVault says how a vault comes to be.
func noVault() error {
	return fail(privyseal.KindNotFound, "there is no vault yet, and no terminal to set one up at",
		"make one with: privyseal init --passphrase-file FILE")
}

// setUpDialogue asks what a new vault needs: one screenful.
func setUpDialogue(ctx context.Context, t *tty.Terminal, askPublic bool) (*founding, bool, error) {
	s := &founding{}
	t.Say("Privy Seal keeps your Nostr key in this computer, locked by a passphrase.\nApps ask it for signatures and never see the key.\n")
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
	if err := s.askKey(ctx, t); err != nil {
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

// askKey asks for an existing key until it opens, or for none.
func (s *founding) askKey(ctx context.Context, t *tty.Terminal) error {
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
		if err = s.tryImport(); err == nil {
			return nil
		}
		f := asFailure(err)
		t.Say("%s. %s", strings.TrimRight(f.Msg, "."), f.Hint)
		s.Secret.Wipe()
		s.Secret, s.Password = nil, nil
	}
}
