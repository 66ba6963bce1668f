package main

import (
	"context"
	"fmt"
	"io"

	"github.com/privyseal/privyseal/internal/control"
)

type policyLearnCmd struct {
	oneApp
	For    string `placeholder:"1h" help:"How long to learn; an hour if not said."`
	Stop   bool   `xor:"do" help:"End it before its time."`
	Accept bool   `xor:"do" help:"Make the grants that are proposed."`
	Forget bool   `xor:"do" help:"Drop what was learnt."`
}

func (policyLearnCmd) Help() string {
	return `Begins to note what you approve for an app; once the time is over, the same
command shows the smallest grants that would have covered it, and --accept makes
them, for 30 days. What is serious is never learnt: it is asked each time.

Examples:
  privyseal policy learn Coracle --for 2h
  privyseal policy learn Coracle
  privyseal policy learn Coracle --accept`
}

func (c *policyLearnCmd) Run(ctx context.Context, m *Main) error {
	if c.For != "" && (c.Stop || c.Accept || c.Forget) {
		return usage("--for begins something, and goes with nothing else", "for example: privyseal policy learn Coracle --for 2h")
	}
	args := control.LearnArgs{App: c.App, For: c.For, Stop: c.Stop, Accept: c.Accept, Forget: c.Forget}
	l, err := ask[control.Learning](ctx, m, control.VerbPolicyLearn, args)
	if err != nil {
		return err
	}
	return m.show(l, func(w io.Writer) { learning(w, l) })
}

// learning prints what was learnt of an app.
func learning(w io.Writer, l control.Learning) {
	name := printable(l.App)
	switch {
	case l.Accepted:
		fmt.Fprintf(w, "%s may now do this too:\n", name)
	case l.State == "learning":
		fmt.Fprintf(w, "What you approve for %s is noted until %s.\n", name, clock(l.Until))
	case l.State == "ready":
		fmt.Fprintf(w, "What you approved for %s was noted until %s.\n", name, clock(l.Until))
	default:
		fmt.Fprintf(w, "Nothing is noted of %s.\n", name)
		return
	}
	if len(l.Proposals) > 0 && !l.Accepted {
		fmt.Fprintln(w, "The smallest grants that would have covered it so far:")
	}
	rows := [][]string{}
	for _, p := range l.Proposals {
		rows = append(rows, []string{"  " + p.Permission, p.Sentence})
	}
	table(w, rows)
	for _, left := range l.Left {
		fmt.Fprintf(w, "  %s\n", printable(left.Sentence))
	}
	switch {
	case l.Accepted:
	case l.State == "ready" && len(l.Proposals) > 0:
		fmt.Fprintf(w, "Take them with --accept, or drop them with --forget.\n")
	case len(l.Proposals) == 0:
		fmt.Fprintln(w, "Nothing that can be learnt was approved.")
	}
}
