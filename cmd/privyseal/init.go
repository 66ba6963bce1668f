package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
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
	s := founding{Name: c.Name, Lang: m.foreign()}
	defer s.wipe()
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
	info, err := s.found(ctx, k)
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
func (c *initCmd) read(m *Main, s *founding) (err error) {
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
	return s.tryImport()
}

// founding is what a new vault is made from.
type founding struct {
	Name, Lang                            string // Lang is the language of questions
	Passphrase, KeyFile, Secret, Password vault.Secret
}

func (s *founding) wipe() {
	if s == nil {
		return
	}
	for _, b := range []vault.Secret{s.Passphrase, s.KeyFile, s.Secret, s.Password} {
		b.Wipe()
	}
}

// tryImport opens the key to import, if any, and forgets it again.
func (s *founding) tryImport() error {
	if len(s.Secret) == 0 {
		return nil
	}
	data := append([]byte(nil), s.Secret...)
	defer clear(data)
	sk, err := vault.ParseImport(data, func() (string, error) {
		if len(s.Password) == 0 {
			return "", privyseal.E(privyseal.KindInvalid, "this key is protected with a password", "give it with --import-password-file")
		}
		return string(s.Password), nil
	})
	clear(sk[:])
	return err
}

// checkName finds, before a vault is made, what no identity can be called.
func checkName(name string) error {
	name = strings.TrimSpace(name)
	if name == "" || utf8.RuneCountInString(name) > 64 || strings.ContainsFunc(name, unicode.IsControl) {
		return usage("an identity's name has 1 to 64 characters that can be shown", "for example: --name Ana")
	}
	return nil
}

// found makes the vault and its first identity.
func (s *founding) found(ctx context.Context, k *keeper.Keeper) (control.IdentityInfo, error) {
	if err := k.CreateVault(ctx, s.Passphrase, s.KeyFile); err != nil {
		return control.IdentityInfo{}, err
	}
	if s.Lang != "" {
		if err := k.Speak(ctx, s.Lang); err != nil {
			return control.IdentityInfo{}, err
		}
	}
	return k.AddIdentity(ctx, control.IdentityAdd{Name: s.Name, Secret: s.Secret, Password: s.Password})
}

// seed hands a founding over to another process.
func (s *founding) seed() *seed {
	if s == nil {
		return nil
	}
	return &seed{s.Name, s.Lang, s.Passphrase, s.KeyFile, s.Secret, s.Password}
}

func (s *seed) founding() *founding {
	return &founding{s.Name, s.Lang, s.Passphrase, s.KeyFile, s.Secret, s.Password}
}
