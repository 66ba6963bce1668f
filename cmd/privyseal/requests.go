package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/privyseal/privyseal/cmd/privyseal/internal/tty"
	"github.com/privyseal/privyseal/internal/control"
)

type requestsCmd struct {
	List    requestsListCmd    `cmd:"" help:"List open questions."`
	Show    requestsShowCmd    `cmd:"" help:"Show one in full."`
	Watch   requestsWatchCmd   `cmd:"" help:"Answer questions on a live screen."`
	Approve requestsApproveCmd `cmd:"" help:"Say yes."`
	Deny    requestsDenyCmd    `cmd:"" help:"Say no."`
}

func (requestsCmd) Help() string {
	return "Examples:\n  privyseal requests watch\n  privyseal requests approve 3f9a --remember 1h"
}

type requestsListCmd struct{}

func (requestsListCmd) Help() string { return "Example:\n  privyseal requests list" }

func (requestsListCmd) Run(ctx context.Context, m *Main) error {
	list, err := ask[[]control.QuestionInfo](ctx, m, control.VerbRequestsList, nil)
	if err != nil {
		return err
	}
	return m.show(list, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, "No question is open.")
			return
		}
		for _, q := range list {
			question(w, q)
		}
		fmt.Fprintln(w, "\nAnswer with: privyseal requests approve ID, or deny ID")
	})
}

// question prints one question in a few lines.
func question(w io.Writer, q control.QuestionInfo) {
	state := ""
	if q.State == "waiting" {
		state = "(waiting) "
	}
	fmt.Fprintf(w, "%s  %s%s\n", short(q.ID), state, printable(q.Title))
	if q.Quote != "" {
		fmt.Fprintf(w, "            “%s”\n", printable(q.Quote))
	}
	for _, l := range q.Lines {
		fmt.Fprintf(w, "          %s\n", printable(l))
	}
	if choices := buttons(q); choices != "" {
		fmt.Fprintf(w, "          %s\n", printable(choices))
	}
	for _, item := range q.Items {
		fmt.Fprintf(w, "          · %s  %s\n", short(item.ID), printable(item.Title))
		if item.Quote != "" {
			fmt.Fprintf(w, "                      “%s”\n", printable(item.Quote))
		}
	}
}

// buttons are what may be answered, and how long a yes counts.
func buttons(q control.QuestionInfo) string {
	out := "[" + q.No + "]"
	switch {
	case q.Yes == "":
		return out
	case q.SafeFirst:
		out += " [" + q.Yes + "]"
	default:
		out = "[" + q.Yes + "] " + out
	}
	if len(q.Lasts) > 0 {
		out += "  " + strings.Join(q.Lasts, " / ")
	}
	return out
}

type oneQuestion struct {
	ID string `arg:"" name:"id" help:"The id of a question or a group, or the start of it."`
}

type requestsShowCmd struct{ oneQuestion }

func (requestsShowCmd) Help() string { return "Example:\n  privyseal requests show 3f9a" }

func (c *requestsShowCmd) Run(ctx context.Context, m *Main) error {
	q, err := ask[control.QuestionInfo](ctx, m, control.VerbRequestsShow, control.Name{Name: c.ID})
	if err != nil {
		return err
	}
	return m.show(q, func(w io.Writer) {
		question(w, q)
		fmt.Fprintf(w, "\n%s asks as %s, %s; %s until %s.\n", printable(q.App), printable(q.Identity), q.Level, q.State, clock(q.Deadline))
		rows := [][]string{}
		for _, d := range q.Details {
			rows = append(rows, []string{"  " + d.Name, d.Value})
		}
		table(w, rows)
	})
}

type requestsWatchCmd struct{}

func (requestsWatchCmd) Help() string { return "Example:\n  privyseal requests watch" }

func (requestsWatchCmd) Run(ctx context.Context, m *Main) error {
	if t, ok := tty.Of(m.Stdin, m.Stderr); ok && !m.cli.JSON && isTerminal(m.Stdout) {
		return m.watchLive(ctx, t)
	}
	err := follow(ctx, m, control.VerbRequestsWatch, nil, func(q control.QuestionInfo) error {
		return m.line(q, func(w io.Writer) { fmt.Fprintf(w, "%-8s ", q.State); question(w, q) })
	})
	if ctx.Err() != nil {
		return nil // the person ended it
	}
	return err
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
