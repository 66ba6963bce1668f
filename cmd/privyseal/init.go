package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/internal/vault"
)

type initCmd struct {
	Name           string `default:"me" placeholder:"N" help:"What to call the first identity."`
	PassphraseFile string `placeholder:"FILE" help:"A file with the passphrase; - is standard input."`
	KeyFile        string `placeholder:"FILE" help:"A file with a key that opens the vault unattended."`
	importFlags
}

func (initCmd) Help() string {
	return "Examples:\n  privyseal init --passphrase-file pass.txt\n  privyseal init --name Ana --key-file vault.key --import-file nsec.txt"
}

func (c *initCmd) Run(ctx context.Context, m *Main) error {
	_ = vault.HardenProcess()
	s := keeper.Founding{Name: c.Name, Lang: m.foreign()}
	defer s.Wipe()
	if err := c.read(m, &s); err != nil {
		return err
	}
	dir, err := m.needDir()
	if err != nil {
		return err
	}
	st, err := sqlite.Open(ctx, dir, sqlite.Options{})
	if err != nil {
		return err
	}
	defer st.Close()
	v := vault.New(vault.Options{})
	defer v.Close()
	k, err := keeper.New(ctx, keeper.Options{Store: st, Vault: v, Version: version(), Anchor: m.anchor()})
	if err != nil {
		return err
	}
	info, err := k.Found(ctx, &s)
	if err != nil {
		return err
	}
	if err := k.Drain(ctx); err != nil {
		return err
	}
	return m.show(info, func(w io.Writer) {
		fmt.Fprintf(w, "Made a vault in %s with the identity %s.\n  %s\nStart the signer with: privyseal up\n", m.tilde(dir), printable(info.Name), info.Npub)
		if s.Lang != "" {
			fmt.Fprintf(w, "You are asked in the language %s; to change it: privyseal settings set language en\n", s.Lang)
		}
	})
}

// read takes what the flags name. Everything is checked before anything is
// made.
func (c *initCmd) read(m *Main, s *keeper.Founding) (err error) {
	if c.PassphraseFile == "" && c.KeyFile == "" {
		return usage("a vault needs a passphrase or a key file", "give --passphrase-file or --key-file, or let privyseal up ask you")
	}
	if err := checkName(c.Name); err != nil {
		return err
	}
	if c.PassphraseFile != "" {
		if s.Passphrase, err = m.passphraseFile(c.PassphraseFile); err != nil {
			return err
		}
		if err := vault.CheckStrength(s.Passphrase); err != nil {
			return err
		}
	}
	if c.KeyFile != "" {
		if s.KeyFile, err = m.keyFile(c.KeyFile); err != nil {
			return err
		}
	}
	if s.Secret, s.Password, err = c.importFlags.read(m); err != nil {
		return err
	}
	return s.CheckKey()
}

// checkName finds, before a vault is made, what no identity can be called.
func checkName(name string) error {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > 64 || strings.ContainsFunc(name, unicode.IsControl) {
		return usage("an identity's name has 1 to 64 characters that can be shown", "for example: --name Ana")
	}
	return nil
}

// seedOf hands a founding over to another process.
func seedOf(s *keeper.Founding) *seed {
	if s == nil {
		return nil
	}
	return &seed{s.Name, s.Lang, s.Passphrase, s.KeyFile, s.Secret, s.Password}
}

func (s *seed) founding() *keeper.Founding {
	return &keeper.Founding{Name: s.Name, Lang: s.Lang, Passphrase: s.Passphrase, KeyFile: s.KeyFile, Secret: s.Secret, Password: s.Password}
}
