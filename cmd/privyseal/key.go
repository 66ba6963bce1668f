package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/tty"
)

// credentialName is the systemd credential that opens the vault.
const credentialName = "privyseal"

// tries is how often a person may mistype the passphrase.
const tries = 3

// keyFor finds what opens the vault: what the flags name, a systemd credential,
// or a person at the terminal. Without any of them the keeper starts locked.
// One that is started anew gets a key that lies in a file, and never again a
// passphrase.
func (h *house) keyFor(w keyWish) key {
	h.turn.Lock()
	defer h.turn.Unlock()
	again := h.working()
	switch {
	case w.Older != "":
		if !again {
			h.remark(strings.TrimSuffix(w.Older, ".") + " (see: privyseal doctor)")
		}
		return key{}
	case again && w.Wrong != nil:
		h.log.Error("the key does not open the vault any more", "err", w.Wrong.Msg)
		return key{}
	}
	k, err := h.keyGiven(again, w.Wrong)
	switch {
	case err != nil && again:
		h.log.Error("the key cannot be read any more", "err", asFailure(err).Msg)
	case err != nil:
		return key{Refused: illness(err)}
	case again && k.none():
		h.log.Warn("the keeper was started anew and is locked; open it with: privyseal unlock")
	}
	return k
}

func (h *house) keyGiven(again bool, wrong *ill) (key, error) {
	if file := h.cmd.KeyFile; again && file != "" && file != "-" {
		b, err := h.m.keyFile(file)
		return key{KeyFile: b}, err
	}
	if !h.pass.none() {
		if wrong != nil {
			return key{Refused: wrong}, nil
		}
		return h.pass, nil
	}
	if again && h.cmd.PassphraseFile+h.cmd.KeyFile != "" {
		return key{}, nil
	}
	if dir := h.m.Getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		b, err := os.ReadFile(filepath.Join(dir, credentialName))
		switch {
		case err == nil && wrong != nil:
			return key{Refused: wrong}, nil
		case err == nil:
			return key{KeyFile: b, Credential: true}, nil
		case !errors.Is(err, os.ErrNotExist):
			return key{}, fileError(filepath.Join(dir, credentialName), "credential", err)
		}
	}
	if again {
		return key{}, nil
	}
	return h.askKey(wrong)
}

// askKey asks the person for the passphrase, a few times.
func (h *house) askKey(wrong *ill) (key, error) {
	t, ok := tty.Of(h.m.Stdin, h.m.Stderr)
	if !ok {
		return key{}, nil
	}
	if wrong != nil {
		if wrong.Kind != string(privyseal.KindDenied) || h.asked == tries {
			return key{Refused: wrong}, nil
		}
		t.Say("That is not the passphrase.")
	}
	h.asked++
	pass, err := t.Secret(h.ctx, "Passphrase: ")
	return key{Passphrase: pass}, err
}

func (k *key) wipe() {
	clear(k.Passphrase)
	clear(k.KeyFile)
	*k = key{}
}
