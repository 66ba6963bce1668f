package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/privyseal/privyseal/internal/control"
)

type consoleCmd struct {
	Person string `placeholder:"NAME" help:"Who signs in; else the owner."`
}

func (consoleCmd) Help() string {
	return "The link works once, for ten minutes. While there is no vault it leads to setting one up. It is printed to a terminal only, or with --json.\n\nExamples:\n  privyseal console\n  privyseal console --person Bea"
}

func (c *consoleCmd) Run(ctx context.Context, m *Main) error {
	if err := m.privately(); err != nil {
		return err
	}
	code, err := ask[control.PersonCode](ctx, m, control.VerbConsoleCode, control.Name{Name: c.Person})
	if err != nil {
		return err
	}
	return m.show(code, func(w io.Writer) {
		sayLink(w, code)
	})
}

// privately refuses to print what lets somebody in where it would be kept.
func (m *Main) privately() error {
	if m.cli.JSON || isTerminal(m.Stdout) {
		return nil
	}
	return usage("a link that signs in is not written to a file or a pipe", "run this at a terminal, or take it out of: --json")
}

type peopleCmd struct {
	List    peopleListCmd    `cmd:"" help:"List people with their roles, passkeys and sessions."`
	Invite  peopleInviteCmd  `cmd:"" help:"Print a link by which a new person comes in, with a passkey."`
	Role    peopleRoleCmd    `cmd:"" help:"Change what somebody may do."`
	SignOut peopleSignOutCmd `cmd:"" help:"End sessions of somebody."`
	Forget  peopleForgetCmd  `cmd:"" help:"Take a passkey from somebody."`
	Remove  peopleRemoveCmd  `cmd:"" help:"Remove somebody, with passkeys and sessions."`
}

func (peopleCmd) Help() string {
	return "An owner may do everything, an approver answers questions and takes rights away, an auditor looks.\n\nExamples:\n  privyseal people invite Bea --role approver --identity ana\n  privyseal people role Bea auditor\n  privyseal people remove Bea"
}

type peopleListCmd struct{}

func (peopleListCmd) Help() string { return "Example:\n  privyseal people list" }

func (peopleListCmd) Run(ctx context.Context, m *Main) error {
	list, err := ask[[]control.PersonInfo](ctx, m, control.VerbPeopleList, nil)
	if err != nil {
		return err
	}
	return m.show(list, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, "Nobody uses the console yet. Sign in with: privyseal console")
		}
		for _, p := range list {
			person(w, p)
		}
	})
}

// person prints somebody in a few lines.
func person(w io.Writer, p control.PersonInfo) {
	fmt.Fprintf(w, "%s  %s: %s\n", short(p.ID), printable(p.Name), roles(p))
	if p.Invited != nil {
		fmt.Fprintf(w, "          invited until %s\n", clock(*p.Invited))
	}
	for _, k := range p.Passkeys {
		note := ""
		if !k.Works {
			note = ", for " + printable(k.Domain) + " only"
		}
		fmt.Fprintf(w, "          passkey %s  %s, made %s%s\n", short(k.ID), printable(k.Label), clock(k.Created), note)
	}
	for _, s := range p.Sessions {
		fmt.Fprintf(w, "          session %s  %s, by %s, until %s\n", short(s.ID), printable(s.Device), s.By, clock(s.Ends))
	}
}

// roles says what somebody may do.
func roles(p control.PersonInfo) string {
	if len(p.Roles) == 0 {
		return "no role"
	}
	var out []string
	for _, r := range p.Roles {
		if r.Identity == "" {
			out = append(out, r.Role)
		} else {
			out = append(out, r.Role+" for "+printable(r.Identity))
		}
	}
	return strings.Join(out, ", ")
}

type roleArgs struct {
	Identity string `placeholder:"I" help:"For this identity only."`
}

type peopleInviteCmd struct {
	Name string `arg:"" help:"What the person is called."`
	Role string `enum:"owner,approver,auditor" default:"approver" help:"owner, approver or auditor."`
	roleArgs
}

func (peopleInviteCmd) Help() string {
	return "The link works once, for seven days. It is printed to a terminal only, or with --json.\n\nExamples:\n  privyseal people invite Bea\n  privyseal people invite Carl --role auditor --identity ana"
}

func (c *peopleInviteCmd) Run(ctx context.Context, m *Main) error {
	if err := m.privately(); err != nil {
		return err
	}
	code, err := ask[control.PersonCode](ctx, m, control.VerbPeopleInvite, control.PersonArgs{Name: c.Name, Role: c.Role, Identity: c.Identity})
	if err != nil {
		return err
	}
	return m.show(code, func(w io.Writer) {
		fmt.Fprintf(w, "%s\n\nGive it to %s only: whoever opens it first is %s. It works once, until %s.\n",
			code.Link, printable(code.Person.Name), roles(code.Person), clock(code.ExpiresAt))
	})
}

type onePerson struct {
	Person string `arg:"" help:"A name, or the start of an id."`
}

type peopleRoleCmd struct {
	onePerson
	Role string `arg:"" enum:"owner,approver,auditor,none" help:"owner, approver, auditor or none."`
	roleArgs
}

func (peopleRoleCmd) Help() string {
	return "Examples:\n  privyseal people role Bea owner\n  privyseal people role Bea none --identity ana"
}

func (c *peopleRoleCmd) Run(ctx context.Context, m *Main) error {
	p, err := ask[control.PersonInfo](ctx, m, control.VerbPeopleRole, control.PersonArgs{Name: c.Person, Role: c.Role, Identity: c.Identity})
	if err != nil {
		return err
	}
	return m.show(p, func(w io.Writer) { person(w, p) })
}

type peopleSignOutCmd struct {
	onePerson
	Session string `placeholder:"ID" help:"This one only; else all."`
}

func (peopleSignOutCmd) Help() string { return "Example:\n  privyseal people sign-out Bea" }

func (c *peopleSignOutCmd) Run(ctx context.Context, m *Main) error {
	p, err := ask[control.PersonInfo](ctx, m, control.VerbPeopleSignOut, control.PersonSession{Person: c.Person, Session: c.Session})
	if err != nil {
		return err
	}
	return m.show(p, func(w io.Writer) { person(w, p) })
}

type peopleForgetCmd struct {
	onePerson
	Passkey string `arg:"" help:"Its name, or the start of its id."`
}

func (peopleForgetCmd) Help() string { return "Example:\n  privyseal people forget Bea phone" }

func (c *peopleForgetCmd) Run(ctx context.Context, m *Main) error {
	p, err := ask[control.PersonInfo](ctx, m, control.VerbPasskeyRemove, control.PasskeyName{Person: c.Person, Passkey: c.Passkey})
	if err != nil {
		return err
	}
	return m.show(p, func(w io.Writer) { person(w, p) })
}

type peopleRemoveCmd struct{ onePerson }

func (peopleRemoveCmd) Help() string { return "Example:\n  privyseal people remove Bea" }

func (c *peopleRemoveCmd) Run(ctx context.Context, m *Main) error {
	p, err := ask[control.PersonInfo](ctx, m, control.VerbPeopleRemove, control.Name{Name: c.Person})
	if err != nil {
		return err
	}
	return m.show(p, func(w io.Writer) { fmt.Fprintf(w, "Removed: %s\n", printable(p.Name)) })
}
