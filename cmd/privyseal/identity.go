package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/privyseal/privyseal/internal/control"
)

type identityCmd struct {
	Add    identityAddCmd    `cmd:"" help:"Make an identity with a fresh key, or import one."`
	List   identityListCmd   `cmd:"" help:"List identities."`
	Show   identityShowCmd   `cmd:"" help:"Show one."`
	Rename identityRenameCmd `cmd:"" help:"Give one a new name."`
	Export identityExportCmd `cmd:"" help:"Print a key as ncryptsec; asks for the passphrase."`
	Remove identityRemoveCmd `cmd:"" help:"Delete an identity and its key."`
}

func (identityCmd) Help() string {
	return "Examples:\n  privyseal identity add --name Work\n  privyseal identity list"
}

type importFlags struct {
	ImportFile         string `placeholder:"FILE" help:"A file with an nsec, 64 hex digits or an ncryptsec; - is standard input."`
	ImportPasswordFile string `placeholder:"FILE" help:"A file with the ncryptsec's password."`
}

// read answers the key to import, if any, and its password.
func (f importFlags) read(m *Main) (secret, password []byte, err error) {
	if f.ImportFile == "" {
		if f.ImportPasswordFile != "" {
			return nil, nil, usage("--import-password-file goes with --import-file", "name the key's file too")
		}
		return nil, nil, nil
	}
	if secret, err = m.secretFile(f.ImportFile, "key to import"); err != nil {
		return nil, nil, err
	}
	if f.ImportPasswordFile != "" {
		if password, err = m.passphraseFile(f.ImportPasswordFile); err != nil {
			return nil, nil, err
		}
	}
	return secret, password, nil
}

type identityAddCmd struct {
	Name string `required:"" placeholder:"NAME" help:"What to call it."`
	importFlags
}

func (identityAddCmd) Help() string {
	return "Examples:\n  privyseal identity add --name Work\n  privyseal identity add --name Old --import-file key.txt"
}

func (c *identityAddCmd) Run(ctx context.Context, m *Main) error {
	secret, password, err := c.read(m)
	if err != nil {
		return err
	}
	defer clear(secret)
	info, err := ask[control.IdentityInfo](ctx, m, control.VerbIdentityAdd, control.IdentityAdd{Name: c.Name, Secret: secret, Password: password})
	if err != nil {
		return err
	}
	return m.showIdentity(info)
}

func (m *Main) showIdentity(info control.IdentityInfo) error {
	return m.show(info, func(w io.Writer) {
		fmt.Fprintf(w, "%s\n  %s\n  %s, since %s\n", printable(info.Name), info.Npub, plural(info.Apps, "app", "apps"), clock(info.Created))
		if p := info.Profile; p != nil {
			fmt.Fprintf(w, "  others see: %s\n", printable(strings.Join(slices.DeleteFunc([]string{p.Name, p.About, p.Address, p.Tips}, func(s string) bool { return s == "" }), " · ")))
		}
	})
}

type identityListCmd struct{}

func (identityListCmd) Help() string { return "Example:\n  privyseal identity list --json" }

func (identityListCmd) Run(ctx context.Context, m *Main) error {
	list, err := ask[[]control.IdentityInfo](ctx, m, control.VerbIdentityList, nil)
	if err != nil {
		return err
	}
	return m.show(list, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, "No identity yet. Make one with: privyseal identity add --name NAME")
			return
		}
		rows := [][]string{{"NAME", "PUBLIC KEY", "APPS"}}
		for _, i := range list {
			rows = append(rows, []string{i.Name, i.Npub, fmt.Sprint(i.Apps)})
		}
		table(w, rows)
	})
}

// oneIdentity names an identity; with one identity it need not be named.
type oneIdentity struct {
	Who      string `arg:"" optional:"" name:"identity" help:"A name, npub or the start of an id."`
	Identity string `name:"identity" placeholder:"I" help:"The same, as a flag."`
}

func (o oneIdentity) name() string {
	if o.Who != "" {
		return o.Who
	}
	return o.Identity
}

type identityShowCmd struct{ oneIdentity }

func (identityShowCmd) Help() string { return "Example:\n  privyseal identity show Ana" }

func (c *identityShowCmd) Run(ctx context.Context, m *Main) error {
	info, err := ask[control.IdentityInfo](ctx, m, control.VerbIdentityShow, control.Name{Name: c.name()})
	if err != nil {
		return err
	}
	return m.showIdentity(info)
}

type identityRenameCmd struct {
	oneIdentity
	To string `required:"" placeholder:"NAME" help:"The new name."`
}

func (identityRenameCmd) Help() string {
	return "Example:\n  privyseal identity rename me --to Ana"
}

func (c *identityRenameCmd) Run(ctx context.Context, m *Main) error {
	info, err := ask[control.IdentityInfo](ctx, m, control.VerbIdentityRename, control.Rename{Name: c.name(), To: c.To})
	if err != nil {
		return err
	}
	return m.showIdentity(info)
}

type identityRemoveCmd struct {
	oneIdentity
	Confirm string `placeholder:"NPUB" help:"The identity's npub, to confirm: its key is deleted."`
}

func (identityRemoveCmd) Help() string {
	return "Example:\n  privyseal identity remove Old --confirm npub1…"
}

func (c *identityRemoveCmd) Run(ctx context.Context, m *Main) error {
	info, err := ask[control.IdentityInfo](ctx, m, control.VerbIdentityRemove, control.Removal{Name: c.name(), Confirm: c.Confirm})
	if err != nil {
		return err
	}
	return m.show(info, func(w io.Writer) { fmt.Fprintf(w, "Removed %s. Its apps were ended.\n", printable(info.Name)) })
}
