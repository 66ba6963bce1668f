package main

import (
	"context"
	"fmt"
	"io"

	"github.com/privyseal/privyseal/internal/control"
)

type policyCmd struct {
	Try    policyTryCmd    `cmd:"" help:"Would this be allowed, and why?"`
	Export policyExportCmd `cmd:"" help:"Write what apps may do as a file to read and change."`
	Import policyImportCmd `cmd:"" help:"Put such a file in force."`
	Learn  policyLearnCmd  `cmd:"" help:"Propose grants for what you approve."`
}

func (policyCmd) Help() string {
	return "Examples:\n  privyseal policy try Coracle sign_event:1\n  privyseal policy export policy.txt\n  privyseal policy learn Coracle"
}

type policyTryCmd struct {
	oneApp
	Method string   `arg:"" optional:"" help:"A NIP-46 method, a permission such as sign_event:1, or an event as JSON."`
	Params []string `arg:"" optional:"" name:"param" help:"Its parameters."`
	File   string   `placeholder:"FILE" help:"A file with an event or a request as JSON; - is standard input."`
}

func (policyTryCmd) Help() string {
	return `Nothing is signed, spent or recorded. Exit code 3 if it would be refused.

Examples:
  privyseal policy try Coracle sign_event:1
  privyseal policy try Coracle sign_event:27235@zap.kitchen
  privyseal policy try Coracle '{"kind":3,"tags":[]}'
  privyseal policy try Coracle nip44_decrypt PUBKEY TEXT
  privyseal policy try Coracle --file event.json --json`
}

func (c *policyTryCmd) Run(ctx context.Context, m *Main) error {
	method, params, err := c.request(m)
	if err != nil {
		return err
	}
	t, err := ask[control.Trial](ctx, m, control.VerbPolicyTry, control.TryArgs{App: c.App, Method: method, Params: params})
	if err != nil {
		return err
	}
	if err := m.show(t, func(w io.Writer) { trial(w, t) }); err != nil || t.Verdict != "refuse" {
		return err
	}
	return exit(exitRefused)
}

// trial prints what would become of a request.
func trial(w io.Writer, t control.Trial) {
	what := t.Operation
	if t.Kind != nil {
		what += fmt.Sprintf(" of kind %d", *t.Kind)
	}
	fmt.Fprintf(w, "%s asks as %s: %s (%s)\n", printable(t.App), printable(t.Identity), printable(what), t.Level)
	fmt.Fprintf(w, "%s\n  %s\n", t.Says, printable(t.Rule.Sentence))
	if t.Rule.By != "" {
		fmt.Fprintf(w, "  Given %s %s (%s).\n", clock(t.Rule.Given), printable(t.Rule.By), printable(t.Rule.ID))
	}
	if t.Rule.Budget > 0 {
		fmt.Fprintf(w, "  %d of %d are used for now.\n", t.Rule.Used, t.Rule.Budget)
	}
	if t.Answer != "" {
		fmt.Fprintf(w, "The app would be told: %s\n", printable(t.Answer))
	}
	if t.Prompt != nil {
		fmt.Fprintf(w, "You would read:\n  %s\n", printable(t.Prompt.Title))
		if t.Prompt.Quote != "" {
			fmt.Fprintf(w, "    “%s”\n", printable(t.Prompt.Quote))
		}
		for _, l := range t.Prompt.Lines {
			fmt.Fprintf(w, "  %s\n", printable(l))
		}
		if t.Prompt.Yes != "" {
			fmt.Fprintf(w, "  %s\n", printable(buttons(control.QuestionInfo{Yes: t.Prompt.Yes, No: t.Prompt.No, SafeFirst: t.Prompt.Safe, Lasts: t.Prompt.Lasts})))
		}
	}
	rows := [][]string{}
	for _, c := range t.Changes {
		rows = append(rows, []string{"  " + c.Verdict, c.Command})
	}
	if len(rows) > 0 {
		fmt.Fprintln(w, "To have it otherwise:")
		table(w, rows)
	}
}
