package main

import (
	"context"
	"fmt"
	"io"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/vault"
)

type identityExportCmd struct {
	oneIdentity
	PassphraseFile string `placeholder:"FILE" help:"A file with the vault's passphrase."`
	PasswordFile   string `placeholder:"FILE" help:"A file with the password that will protect the exported key."`
}

func (identityExportCmd) Help() string {
	return "Examples:\n  privyseal identity export Ana\n  privyseal identity export Ana --passphrase-file pass.txt --password-file new.txt > ana.ncryptsec"
}

func (c *identityExportCmd) Run(ctx context.Context, m *Main) error {
	_ = vault.HardenProcess()
	pass, err := m.passphrase(ctx, c.PassphraseFile, "--passphrase-file", "The vault's passphrase: ")
	if err != nil {
		return err
	}
	defer clear(pass)
	password, err := m.newPassphrase(ctx, c.PasswordFile, "--password-file", "password for the exported key")
	if err != nil {
		return err
	}
	defer clear(password)
	out, err := ask[control.Exported](ctx, m, control.VerbIdentityExport, control.Export{Name: c.name(), Passphrase: pass, Password: password})
	if err != nil {
		return err
	}
	return m.show(out, func(w io.Writer) { fmt.Fprintln(w, out.Ncryptsec) })
}
