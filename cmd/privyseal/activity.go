package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store/sqlite"
)

type activityCmd struct {
	List   activityListCmd   `cmd:"" help:"List what happened, newest first."`
	Show   activityShowCmd   `cmd:"" help:"Show one request or record in full."`
	Verify activityVerifyCmd `cmd:"" help:"Check that nothing was changed, removed or reordered."`
	Export activityExportCmd `cmd:"" help:"Print every record in order."`
	Undo   activityUndoCmd   `cmd:"" help:"Put back what a change replaced."`
}

func (activityCmd) Help() string {
	return "Examples:\n  privyseal activity list\n  privyseal activity verify"
}

type activityListCmd struct {
	App    string `placeholder:"APP" help:"Only of this app."`
	Before uint64 `placeholder:"SEQ" help:"Only records before this number."`
	Limit  int    `default:"50" help:"How many at most."`
}

func (activityListCmd) Help() string {
	return "Example:\n  privyseal activity list --app Coracle --limit 20"
}

func (c *activityListCmd) Run(ctx context.Context, m *Main) error {
	if c.Limit < 1 {
		return usage("--limit is a number above zero", "for example: --limit 20")
	}
	list, err := ask[[]control.RecordInfo](ctx, m, control.VerbActivityList, control.ActivityQuery{App: c.App, Before: c.Before, Limit: c.Limit})
	if err != nil {
		return err
	}
	return m.show(list, func(w io.Writer) {
		rows := [][]string{}
		for _, r := range list {
			rows = append(rows, recordRow(r))
		}
		table(w, rows)
	})
}

func recordRow(r control.RecordInfo) []string {
	return []string{fmt.Sprint(r.Seq), clock(r.Time), r.AppName, r.Sentence}
}

type activityShowCmd struct {
	ID string `arg:"" name:"id" help:"A record's number or a request's trace id."`
}

func (activityShowCmd) Help() string { return "Example:\n  privyseal activity show 42" }

func (c *activityShowCmd) Run(ctx context.Context, m *Main) error {
	list, err := ask[[]control.RecordInfo](ctx, m, control.VerbActivityShow, control.Name{Name: c.ID})
	if err != nil {
		return err
	}
	return m.show(list, func(w io.Writer) {
		for _, r := range list {
			table(w, [][]string{recordRow(r)})
			rows := [][]string{}
			for _, d := range [][2]string{
				{"phase", r.Phase}, {"request", r.Trace}, {"operation", r.Op}, {"event", r.Event}, {"verdict", r.Verdict},
				{"level", r.Level}, {"rule", r.Rule}, {"question", r.Question}, {"outcome", r.Outcome}, {"detail", r.Detail}, {"undo with", r.Undo}, {"hash", r.Hash},
			} {
				if d[1] != "" {
					rows = append(rows, []string{"  " + d[0], d[1]})
				}
			}
			table(w, rows)
		}
	})
}

type activityVerifyCmd struct {
	Sink string `placeholder:"FILE" help:"Check against what a file sink has, too."`
}

func (activityVerifyCmd) Help() string {
	return "Works without a running signer too.\n\nExamples:\n  privyseal activity verify\n  privyseal activity verify --sink /mnt/other-disk/privyseal.log"
}

func (c *activityVerifyCmd) Run(ctx context.Context, m *Main) error {
	var v control.Verification
	var err error
	if c.Sink == "" {
		v, err = ask[control.Verification](ctx, m, control.VerbActivityVerify, nil)
	}
	if c.Sink != "" || errors.Is(err, errNotRunning) {
		v, err = m.verifyOffline(ctx, c.Sink)
	}
	if err != nil {
		return err
	}
	if err := m.show(v, func(w io.Writer) { verified(w, v) }); err != nil || v.OK {
		return err
	}
	return errBroken
}

// errBroken says that verify found what it was looking for.
var errBroken = &failure{
	Kind: "damaged", Msg: "the record of activity was changed", code: exitFailed, told: true,
	Hint: "compare with a backup, and with the head noted elsewhere; change nothing until you know what happened",
}

func verified(w io.Writer, v control.Verification) {
	for _, p := range v.Problems {
		fmt.Fprintf(w, "record %d: %s: %s\n", p.Seq, p.Kind, printable(p.Text))
	}
	if v.OK {
		fmt.Fprintf(w, "ok: %s, %s, nothing changed\n",
			plural(int(v.Records), "record", "records"), plural(v.Checkpoints, "signed checkpoint", "signed checkpoints"))
	}
	if v.Confirmed > 0 {
		fmt.Fprintf(w, "the sink has %s", plural(v.Confirmed, "checkpoint", "checkpoints"))
		if v.LeftBehind > 0 {
			fmt.Fprintf(w, ", %d of them of entries that a restore left behind", v.LeftBehind)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "head %s\n", v.Head)
}

// verifyOffline checks the store itself, whoever has it, and against a sink's
// file, which is read first: a running signer adds to both.
func (m *Main) verifyOffline(ctx context.Context, sink string) (control.Verification, error) {
	var lines [][]byte
	if sink != "" {
		b, err := os.ReadFile(sink)
		if err != nil {
			return control.Verification{}, fileError(sink, "sink", err)
		}
		lines = bytes.Split(b, []byte("\n"))
	}
	dir, err := m.dataDir()
	if err != nil {
		return control.Verification{}, err
	}
	if !hasStore(dir, sqlite.File) {
		return control.Verification{}, fail(privyseal.KindNotFound, "there is no signer's data in "+dir, "name its directory with --data DIR")
	}
	s, err := sqlite.OpenReadOnly(dir)
	if err != nil {
		return control.Verification{}, err
	}
	defer s.Close()
	return keeper.Verify(ctx, s, lines...)
}

type activityExportCmd struct{}

func (activityExportCmd) Help() string {
	return "Example:\n  privyseal activity export --json > activity.jsonl"
}

func (activityExportCmd) Run(ctx context.Context, m *Main) error {
	return follow(ctx, m, control.VerbActivityExport, nil, func(r control.RecordInfo) error {
		return m.line(r, func(w io.Writer) {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", r.Seq, clock(r.Time), printable(r.AppName), printable(r.Sentence))
		})
	})
}
