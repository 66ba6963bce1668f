package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/tty"
)

// uninstallWord is what a person types to go through with it.
const uninstallWord = "uninstall"

type uninstallCmd struct {
	DryRun   bool `help:"Only list what would be removed."`
	WithData bool `name:"data-too" help:"Remove the data directory too: the keys in it are gone for good."`
}

func (uninstallCmd) Help() string {
	return "Never removes data unless --data-too is given.\n\nExamples:\n  privyseal uninstall --dry-run\n  privyseal uninstall"
}

// removal is one thing that uninstall removes or leaves.
type removal struct {
	Path   string `json:"path"`
	What   string `json:"what"`
	Remove bool   `json:"remove"`
}

func (c *uninstallCmd) Run(ctx context.Context, m *Main) error {
	list, err := c.list(m)
	if err != nil {
		return err
	}
	if !c.DryRun {
		if err := c.sure(ctx, m, list); err != nil {
			return err
		}
		for _, r := range list {
			if !r.Remove {
				continue
			}
			if err := os.RemoveAll(r.Path); err != nil {
				return fail(privyseal.KindInternal, r.Path+" cannot be removed", "look at its owner and permissions")
			}
		}
	}
	out := struct {
		DryRun bool      `json:"dry_run"`
		Items  []removal `json:"items"`
	}{c.DryRun, list}
	return m.show(out, func(w io.Writer) { removals(w, list, c.DryRun) })
}

func removals(w io.Writer, list []removal, dry bool) {
	for _, r := range list {
		word := "kept"
		switch {
		case r.Remove && dry:
			word = "would remove"
		case r.Remove:
			word = "removed"
		}
		fmt.Fprintf(w, "%s: %s (%s)\n", word, r.Path, r.What)
	}
}

// list finds what there is on this computer.
func (c *uninstallCmd) list(m *Main) ([]removal, error) {
	var out []removal
	add := func(path, what string, remove bool) {
		if _, err := os.Lstat(path); err == nil {
			out = append(out, removal{path, what, remove})
		}
	}
	if file, err := m.desktopFile(); err == nil {
		add(file, "handler of nostrconnect:// links", true)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	add(self, "this program", true)
	dir, err := m.dataDir()
	if err != nil {
		return nil, err
	}
	add(dir, "keys, apps and the record of activity", c.WithData)
	if state := m.stateDir(); state != "" {
		add(state, "marks against older copies of the data", c.WithData)
	}
	return out, nil
}

// sure asks the person to type a word, and makes certain that nothing runs.
func (c *uninstallCmd) sure(ctx context.Context, m *Main, list []removal) error {
	t, ok := tty.Of(m.Stdin, m.Stderr)
	if !ok {
		return usage("uninstall asks a person, and there is no terminal to ask at", "see what there is with --dry-run, and remove it by hand")
	}
	removals(m.Stderr, list, true)
	word, err := t.Line(ctx, "Type "+uninstallWord+" to go on: ")
	if err != nil {
		return err
	}
	if word != uninstallWord {
		return fail(privyseal.KindDenied, "nothing was removed", "")
	}
	dir, err := m.dataDir()
	if err != nil {
		return err
	}
	if !c.WithData {
		return nil
	}
	lock, err := lockData(dir)
	if err != nil {
		if _, statErr := os.Stat(dir); errors.Is(statErr, os.ErrNotExist) {
			return nil
		}
		return err
	}
	return lock.Close()
}
