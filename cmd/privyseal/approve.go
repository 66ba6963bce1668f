package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/tty"
	"github.com/privyseal/privyseal/internal/control"
)

type requestsApproveCmd struct {
	oneQuestion
	Remember string `placeholder:"1h|30d" help:"Do not ask again for the same thing during this time."`
	Count    int    `placeholder:"N" help:"At most so many times within --remember."`
}

func (requestsApproveCmd) Help() string {
	return "What is serious is shown for two seconds before the yes counts; Ctrl-C ends it before.\n\n" +
		"Examples:\n  privyseal requests approve 3f9a\n  privyseal requests approve 3f9a --remember 1h --count 20"
}

func (c *requestsApproveCmd) Run(ctx context.Context, m *Main) error {
	if c.Count < 0 {
		return usage("--count is a number above zero", "for example: --remember 1h --count 20")
	}
	q, err := ask[control.QuestionInfo](ctx, m, control.VerbRequestsShow, control.Name{Name: c.ID})
	if err != nil {
		return err
	}
	typed, err := m.reads(ctx, q)
	if err != nil {
		return err
	}
	return m.answer(ctx, control.VerbRequestsApprove, control.AnswerArgs{ID: q.ID, Remember: c.Remember, Count: c.Count, Words: q.Words, Typed: typed}, "Approved")
}

// reads shows what is serious to a person at a terminal, who types the number
// that a question names: how much would be lost. A script names the question,
// which is as much. It returns when a yes counts.
func (m *Main) reads(ctx context.Context, q control.QuestionInfo) (typed string, err error) {
	t, person := tty.Of(m.Stdin, m.Stderr)
	wait := time.Until(q.Ready)
	if person && (wait > 0 || q.Type != "") {
		question(m.Stderr, q)
	}
	typed = q.Type
	if person && q.Type != "" {
		if typed, err = t.Line(ctx, "> "); err != nil {
			return "", err
		}
		if number(typed) != number(q.Type) {
			return "", &failure{Kind: string(privyseal.KindDenied), Msg: "that is not the number; nothing was done", Hint: "to refuse it: privyseal requests deny " + short(q.ID), code: exitRefused}
		}
		wait = time.Until(q.Ready)
	}
	if wait <= 0 {
		return typed, nil
	}
	select {
	case <-time.After(wait):
		return typed, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// number is one as typed, without what groups it.
func number(typed string) string {
	return strings.NewReplacer(",", "", ".", "", " ", "").Replace(typed)
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
	lacks := ""
	if q.State == "open" {
		lacks = m.lacksPeople(ctx)
	}
	return m.show(q, func(w io.Writer) {
		switch {
		case q.State == "waiting":
			fmt.Fprintf(w, "Waiting until %s: %s\nTo stop it: privyseal requests deny %s\n", clock(q.Deadline), printable(q.Title), short(q.ID))
		case q.State == "open": // of two people one said yes
			fmt.Fprintf(w, "Noted: %s\nSomebody else has to say yes too.\n", printable(q.Title))
			if lacks != "" {
				fmt.Fprintf(w, "Nobody can yet: %s\n", lacks)
			}
		default:
			fmt.Fprintf(w, "%s: %s\n", did, printable(q.Title))
		}
	})
}

// lacksPeople says what to do when a second yes is needed and nobody can give it.
func (m *Main) lacksPeople(ctx context.Context) string {
	s, err := ask[control.Status](ctx, m, control.VerbStatus, nil)
	if err != nil {
		return ""
	}
	for _, f := range s.Findings {
		if f.Check == "two people" {
			return f.Fix
		}
	}
	return ""
}
