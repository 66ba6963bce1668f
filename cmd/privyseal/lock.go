package main

import (
	"context"
	"fmt"
	"io"

	"github.com/privyseal/privyseal/cmd/privyseal/internal/tty"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/vault"
)

// passphrase reads one from a file, or asks for it at the terminal.
func (m *Main) passphrase(ctx context.Context, file, flag, prompt string) (vault.Secret, error) {
	if file != "" {
		return m.passphraseFile(file)
	}
	t, ok := tty.Of(m.Stdin, m.Stderr)
	if !ok {
		return nil, usage("a passphrase is needed, and there is no terminal to ask at", "name a file with it: "+flag+" FILE")
	}
	return t.Secret(ctx, prompt)
}

// newPassphrase asks for a new one twice.
func (m *Main) newPassphrase(ctx context.Context, file, flag, what string) (vault.Secret, error) {
	if file != "" {
		return m.passphraseFile(file)
	}
	t, ok := tty.Of(m.Stdin, m.Stderr)
	if !ok {
		return nil, usage("a "+what+" is needed, and there is no terminal to ask at", "name a file with it: "+flag+" FILE")
	}
	return twice(ctx, t, what)
}

// twice asks for a new passphrase until it is good and was typed the same twice.
func twice(ctx context.Context, t *tty.Terminal, what string) (vault.Secret, error) {
	for {
		first, err := t.Secret(ctx, fmt.Sprintf("Choose a %s: ", what))
		if err != nil {
			return nil, err
		}
		if err := vault.CheckStrength(first); err != nil {
			f := asFailure(err)
			t.Say("%s. %s", f.Msg, f.Hint)
			continue
		}
		second, err := t.Secret(ctx, "The same once more: ")
		if err != nil {
			return nil, err
		}
		same := string(first) == string(second)
		clear(second)
		if same {
			return first, nil
		}
		t.Say("These were not the same.")
	}
}

type unlockCmd struct {
	PassphraseFile string `placeholder:"FILE" help:"A file with the passphrase; - is standard input." xor:"how"`
	KeyFile        string `placeholder:"FILE" help:"A file with the vault's key." xor:"how"`
	AcceptOlder    bool   `help:"Go on with an older copy of the data; every app is paused, open links end."`
}

func (unlockCmd) Help() string {
	return "Examples:\n  privyseal unlock\n  privyseal unlock --passphrase-file pass.txt\n  privyseal unlock --accept-older"
}

func (c *unlockCmd) Run(ctx context.Context, m *Main) (err error) {
	_ = vault.HardenProcess()
	p := control.Passphrase{AcceptOlder: c.AcceptOlder}
	if c.KeyFile != "" {
		p.KeyFile, err = m.keyFile(c.KeyFile)
	} else {
		p.Passphrase, err = m.passphrase(ctx, c.PassphraseFile, "--passphrase-file", "Passphrase: ")
	}
	if err != nil {
		return err
	}
	defer clear(p.Passphrase)
	defer clear(p.KeyFile)
	s, err := ask[control.Status](ctx, m, control.VerbUnlock, p)
	if err != nil {
		return err
	}
	return m.show(s, func(w io.Writer) {
		fmt.Fprintln(w, "Unlocked.")
		if c.AcceptOlder {
			fmt.Fprintln(w, "If this was an older copy of the data, every app is paused. Let one go on with: privyseal apps resume APP")
		}
	})
}

type lockCmd struct{}

func (lockCmd) Help() string { return "Example:\n  privyseal lock" }

func (lockCmd) Run(ctx context.Context, m *Main) error {
	s, err := ask[control.Status](ctx, m, control.VerbLock, nil)
	if err != nil {
		return err
	}
	return m.show(s, func(w io.Writer) { fmt.Fprintln(w, "Locked. Apps are told so until: privyseal unlock") })
}

type panicCmd struct{}

func (panicCmd) Help() string { return "Example:\n  privyseal panic" }

func (panicCmd) Run(ctx context.Context, m *Main) error {
	p, err := ask[control.Paused](ctx, m, control.VerbPanic, nil)
	if err != nil {
		return err
	}
	return m.show(p, func(w io.Writer) {
		fmt.Fprintf(w, "Paused %s. Let one go on with: privyseal apps resume APP\n", plural(p.Apps, "app", "apps"))
	})
}

type passphraseCmd struct {
	Change passphraseChangeCmd `cmd:"" help:"Put a new passphrase in the place of the old one."`
}

func (passphraseCmd) Help() string {
	return "Example:\n  privyseal passphrase change"
}

type passphraseChangeCmd struct {
	OldPassphraseFile string `placeholder:"FILE" help:"A file with the passphrase as it is."`
	PassphraseFile    string `placeholder:"FILE" help:"A file with the new one."`
}

func (passphraseChangeCmd) Help() string {
	return "Examples:\n  privyseal passphrase change\n  privyseal passphrase change --old-passphrase-file old.txt --passphrase-file new.txt"
}

func (c *passphraseChangeCmd) Run(ctx context.Context, m *Main) error {
	_ = vault.HardenProcess()
	var change control.PassphraseChange
	defer func() { clear(change.Old); clear(change.New) }()
	// A vault under a key file alone has no old passphrase to ask for.
	if c.OldPassphraseFile != "" || c.PassphraseFile == "" {
		old, err := m.passphrase(ctx, c.OldPassphraseFile, "--old-passphrase-file", "The passphrase as it is (empty if there is none): ")
		if err != nil {
			return err
		}
		change.Old = old
	}
	fresh, err := m.newPassphrase(ctx, c.PassphraseFile, "--passphrase-file", "new passphrase")
	if err != nil {
		return err
	}
	change.New = fresh
	if err := vault.CheckStrength(change.New); err != nil {
		return err
	}
	s, err := ask[control.Status](ctx, m, control.VerbPassphraseChange, change)
	if err != nil {
		return err
	}
	return m.show(s, func(w io.Writer) {
		fmt.Fprintln(w, "Changed. The old passphrase opens nothing here any more; older backups keep theirs.")
	})
}
