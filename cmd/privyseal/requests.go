package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/privyseal/privyseal"
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
	for _, item := range q.Items {
		fmt.Fprintf(w, "          · %s  %s\n", short(item.ID), printable(item.Title))
		if item.Quote != "" {
			fmt.Fprintf(w, "                      “%s”\n", printable(item.Quote))
		}
	}
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

type requestsApproveCmd struct {
	oneQuestion
	Remember string `placeholder:"1h|30d" help:"Do not ask again for the same thing during this time."`
	Count    int    `placeholder:"N" help:"At most so many times within --remember."`
}

func (requestsApproveCmd) Help() string {
	return "Examples:\n  privyseal requests approve 3f9a\n  privyseal requests approve 3f9a --remember 1h --count 20"
}

func (c *requestsApproveCmd) Run(ctx context.Context, m *Main) error {
	if c.Count < 0 {
		return usage("--count is a number above zero", "for example: --remember 1h --count 20")
	}
	args := control.AnswerArgs{ID: c.ID, Remember: c.Remember, Count: c.Count}
	if t, ok := tty.Of(m.Stdin, m.Stderr); ok {
		q, err := ask[control.QuestionInfo](ctx, m, control.VerbRequestsShow, control.Name{Name: c.ID})
		if err != nil {
			return err
		}
		if err := typeNumber(ctx, t, q); err != nil {
			return err
		}
		args.ID, args.Words = q.ID, q.Words
	}
	return m.answer(ctx, control.VerbRequestsApprove, args, "Approved")
}

// typeNumber has a person at a terminal type the number that a question names:
// how much would be lost. A script names the question, which is as much.
func typeNumber(ctx context.Context, t *tty.Terminal, q control.QuestionInfo) error {
	if q.Type == "" {
		return nil
	}
	t.Say("%s", printable(q.Title))
	for _, l := range q.Lines {
		t.Say("%s", printable(l))
	}
	typed, err := t.Line(ctx, "> ")
	if err != nil {
		return err
	}
	if strings.Trim(typed, " ") != q.Type && strings.Trim(typed, " ") != strings.NewReplacer(",", "", ".", "").Replace(q.Type) {
		return &failure{Kind: string(privyseal.KindDenied), Msg: "that is not the number; nothing was done", Hint: "to refuse it: privyseal requests deny " + short(q.ID), code: exitRefused}
	}
	return nil
}

type requestsDenyCmd struct {
	oneQuestion
	Remember string `placeholder:"1h|30d" help:"Refuse the same thing without asking during this time."`
}

func (requestsDenyCmd) Help() string {
	return "Examples:\n  privyseal requests deny 3f9a\n  privyseal requests deny 3f9a --remember 1h"
}

func (c *requestsDenyCmd) Run(ctx context.Context, m *Main) error {
	return m.answer(ctx, control.VerbRequestsDeny, control.AnswerArgs{ID: c.ID, Remember: c.Remember}, "Denied")
}

func (m *Main) answer(ctx context.Context, verb string, args control.AnswerArgs, did string) error {
	q, err := ask[control.QuestionInfo](ctx, m, verb, args)
	if err != nil {
		return err
	}
	return m.show(q, func(w io.Writer) {
		switch {
		case q.State == "waiting":
			fmt.Fprintf(w, "Waiting until %s: %s\nTo stop it: privyseal requests deny %s\n", clock(q.Deadline), printable(q.Title), short(q.ID))
		case q.State == "open": // of two people one said yes
			fmt.Fprintf(w, "Noted: %s\nSomebody else has to say yes too.\n", printable(q.Title))
		default:
			fmt.Fprintf(w, "%s: %s\n", did, printable(q.Title))
		}
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
