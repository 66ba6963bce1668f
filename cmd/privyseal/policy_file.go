package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/tty"
	"github.com/privyseal/privyseal/internal/control"
)

type policyExportCmd struct {
	File  string `arg:"" optional:"" help:"Where to write it; else standard output."`
	App   string `placeholder:"APP" help:"Only this app."`
	Force bool   `help:"Replace the file if it is there."`
}

func (policyExportCmd) Help() string {
	return `Each line is a rule, with its sentence above it. Change it, and read it in with
privyseal policy import.

Examples:
  privyseal policy export policy.txt
  privyseal policy export --app Coracle`
}

func (c *policyExportCmd) Run(ctx context.Context, m *Main) error {
	if _, err := os.Lstat(c.File); c.File != "" && err == nil && !c.Force {
		return fail(privyseal.KindConflict, c.File+" is there already", "choose another name, or replace it with --force")
	}
	p, err := ask[control.PolicyText](ctx, m, control.VerbPolicyExport, control.Name{Name: c.App})
	if err != nil {
		return err
	}
	if c.File == "" {
		return m.show(p, func(w io.Writer) { fmt.Fprint(w, p.Text) })
	}
	if _, err := writeWhole(c.File, func(w io.Writer) error { _, err := io.WriteString(w, p.Text); return err }); err != nil {
		return err
	}
	done := struct {
		File string `json:"file"`
		Apps int    `json:"apps"`
	}{c.File, p.Apps}
	return m.show(done, func(w io.Writer) {
		fmt.Fprintf(w, "Wrote %s: %s. Give it back with: privyseal policy import %s\n", c.File, plural(p.Apps, "app", "apps"), c.File)
	})
}

type policyImportCmd struct {
	File   string `arg:"" help:"A policy file; - is standard input."`
	App    string `placeholder:"APP" help:"Only this app's block; a file with one block gives it to this app."`
	DryRun bool   `help:"Only show what would change."`
	Yes    bool   `short:"y" help:"Do not ask."`
}

func (policyImportCmd) Help() string {
	return `An app that the file names may then do exactly what its block says; other apps
stay as they are. A rule is allow, ask or refuse, a NIP-46 permission with its
scopes, and maybe an end, a limit and a note:

  app "Coracle"
      preset social
      allow sign_event:30023#5/d   until 2026-12-28T10:00:00Z   # the blog
      allow nip44_decrypt~30d      unless serious
      refuse nip04_decrypt

All of it is done at once or none of it, and the record says so.

Examples:
  privyseal policy import policy.txt --dry-run
  privyseal policy import policy.txt --app Coracle --yes`
}

func (c *policyImportCmd) Run(ctx context.Context, m *Main) error {
	raw, err := m.textFile(c.File, "policy file")
	if err != nil {
		return err
	}
	args := control.PolicyImport{Text: string(raw), App: c.App, DryRun: true}
	change, err := ask[control.PolicyChange](ctx, m, control.VerbPolicyImport, args)
	if err != nil {
		return err
	}
	if c.DryRun || change.Changes == 0 {
		return m.show(change, func(w io.Writer) { policyChange(w, change) })
	}
	if !c.Yes {
		if err := m.agree(ctx, c.File, func(w io.Writer) { policyChange(w, change) }); err != nil {
			return err
		}
	}
	args.DryRun, args.Expect = false, change.Token
	if change, err = ask[control.PolicyChange](ctx, m, control.VerbPolicyImport, args); err != nil {
		return err
	}
	return m.show(change, func(w io.Writer) {
		if c.Yes {
			policyChange(w, change)
		}
		fmt.Fprintf(w, "Done: %s.\n", plural(change.Changes, "change", "changes"))
	})
}

// agree shows a person what is about to happen and asks for a yes.
func (m *Main) agree(ctx context.Context, file string, shown func(io.Writer)) error {
	t, ok := tty.Of(m.Stdin, m.Stderr)
	if !ok || file == "-" {
		return usage("nobody is there to ask", "look with --dry-run, then say --yes")
	}
	shown(m.Stderr)
	yes, err := t.Confirm(ctx, "Change it so?", false)
	if err == nil && !yes {
		return &failure{Kind: string(privyseal.KindDenied), Msg: "you said no, and nothing was changed", code: exitRefused}
	}
	return err
}

// policyChange prints what a policy file changes.
func policyChange(w io.Writer, p control.PolicyChange) {
	for _, a := range p.Apps {
		fmt.Fprintf(w, "%s (%s)\n", printable(a.App), short(a.ID))
		if a.PresetWas != "" {
			fmt.Fprintf(w, "  preset %s, not %s\n", a.Preset, a.PresetWas)
		}
		rows := [][]string{}
		for _, kind := range []struct {
			mark  string
			rules []control.RuleChange
		}{{"already", a.Already}, {"new", a.New}, {"removed", a.Removed}, {"note", a.Noted}, {"ended", a.Ended}} {
			for _, r := range kind.rules {
				rows = append(rows, []string{"  " + kind.mark, r.Rule, r.Sentence})
			}
		}
		table(w, rows)
	}
	if p.Changes == 0 {
		fmt.Fprintln(w, "Nothing changes.")
	}
}
