package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/tty"
	"github.com/privyseal/privyseal/internal/control"
)

type activityUndoCmd struct {
	ID       string `arg:"" optional:"" name:"id" help:"A record's number or a request's trace id: the version before that one is put back."`
	Identity string `placeholder:"NAME" help:"Whose, instead of ID; needed when there are several."`
	Kind     *int   `placeholder:"KIND" help:"Which kind, instead of ID: the version before the one that counts is put back."`
	D        string `placeholder:"TAG" help:"Which one of that kind, by its d tag."`
	To       string `placeholder:"EVENT" help:"Put this version back: the start of an id that --list shows."`
	List     bool   `help:"Only list the versions that are kept, newest first."`
	Yes      bool   `help:"Do not ask; for scripts."`
}

func (activityUndoCmd) Help() string {
	return "Signs and publishes an earlier version again: of a profile, follows, a list, settings or an article.\n\n" +
		"Examples:\n  privyseal activity undo 42\n  privyseal activity undo --kind 3 --list\n  privyseal activity undo --identity ana --kind 3 --to 5f0c --yes"
}

// Run tells what would change, asks, and does it.
func (c *activityUndoCmd) Run(ctx context.Context, m *Main) error {
	if (c.ID == "") == (c.Kind == nil) {
		return usage("undo needs either a record or a kind", "for example: privyseal activity undo 42, or: privyseal activity undo --kind 3")
	}
	args := control.UndoArgs{ID: c.ID, Identity: c.Identity, Kind: c.Kind, D: c.D, To: c.To}
	if c.List {
		return c.list(ctx, m, args)
	}
	u, err := ask[control.Undo](ctx, m, control.VerbActivityUndo, args)
	if err != nil {
		return err
	}
	if !c.Yes {
		t, ok := tty.Of(m.Stdin, m.Stderr)
		if !ok {
			return usage("undo asks before it signs, and nobody is at a terminal", "add --yes to do it all the same")
		}
		told(m.Stderr, u)
		yes, err := t.Confirm(ctx, "Put it back?", false)
		if err != nil {
			return err
		}
		if !yes {
			return &failure{Kind: "refused", Msg: "nothing was changed", code: exitRefused}
		}
	}
	args.Sign, args.Now, args.To = true, u.Now.Event, u.To.Event
	if u, err = ask[control.Undo](ctx, m, control.VerbActivityUndo, args); err != nil {
		return err
	}
	if err := m.show(u, func(w io.Writer) { undone(w, u) }); err != nil {
		return err
	}
	for _, r := range u.Relays {
		if r.OK {
			return nil
		}
	}
	return fail(privyseal.KindConflict, "the earlier version is signed, but no relay took it",
		"see your relays with: privyseal relays list; then do it again, or publish the event that --json prints")
}

// told says what an undo would do.
func told(w io.Writer, u control.Undo) {
	fmt.Fprintf(w, "%s, kind %d%s\n%s\n", printable(u.Identity), u.Kind, named(u.D), printable(u.Title))
	for _, l := range u.Lines {
		bullet(w, l)
	}
}

func named(d string) string {
	if d == "" {
		return ""
	}
	return " “" + printable(d) + "”"
}

func undone(w io.Writer, u control.Undo) {
	told(w, u)
	fmt.Fprintf(w, "Done, record %d. To undo this: privyseal activity undo %d\n", u.Record, u.Record)
	rows := [][]string{}
	for _, r := range u.Relays {
		state := "taken"
		if !r.OK {
			state = "not taken: " + r.Reason
		}
		rows = append(rows, []string{"  " + r.URL, state})
	}
	table(w, rows)
}

func (c *activityUndoCmd) list(ctx context.Context, m *Main, args control.UndoArgs) error {
	all, err := ask[[]control.VersionInfo](ctx, m, control.VerbActivityVersions, args)
	if err != nil {
		return err
	}
	return m.show(all, func(w io.Writer) {
		rows := [][]string{{"VERSION", "OF", "ENTRIES", "BYTES", "WHERE FROM", ""}}
		for _, v := range all {
			from, counts := v.Source, ""
			if v.App != "" {
				from += ", asked by " + v.App
			}
			if v.Counts {
				counts = "counts now"
			}
			rows = append(rows, []string{short(v.Event), clock(v.Stamp), strconv.Itoa(v.Entries), strconv.Itoa(v.Bytes), from, counts})
		}
		table(w, rows)
	})
}
