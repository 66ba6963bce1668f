package main

import (
	"context"
	"fmt"
	"io"

	"github.com/privyseal/privyseal/internal/control"
)

type appsCmd struct {
	List    appsListCmd    `cmd:"" help:"List connected apps."`
	Show    appsShowCmd    `cmd:"" help:"Show an app and what it may do."`
	Pause   appsPauseCmd   `cmd:"" help:"Answer nothing to an app until it is resumed."`
	Resume  appsResumeCmd  `cmd:"" help:"Let a paused app go on."`
	Revoke  appsRevokeCmd  `cmd:"" help:"Disconnect an app for good."`
	Allow   appsAllowCmd   `cmd:"" help:"Let an app do something without asking."`
	Ask     appsAskCmd     `cmd:"" help:"Have something asked each time."`
	Refuse  appsRefuseCmd  `cmd:"" help:"Never let an app do something."`
	AuthURL appsAuthURLCmd `cmd:"" name:"auth-url" help:"Whether an app is told where you answer its questions."`
}

func (appsCmd) Help() string {
	return "Examples:\n  privyseal apps list\n  privyseal apps show Coracle\n  privyseal apps allow Coracle 'sign_event:1#20/h~30d'"
}

type appsListCmd struct{}

func (appsListCmd) Help() string { return "Example:\n  privyseal apps list" }

func (appsListCmd) Run(ctx context.Context, m *Main) error {
	list, err := ask[[]control.AppInfo](ctx, m, control.VerbAppsList, nil)
	if err != nil {
		return err
	}
	return m.show(list, func(w io.Writer) {
		if len(list) == 0 {
			fmt.Fprintln(w, "No app is connected yet. Connect one with: privyseal invite")
			return
		}
		rows := [][]string{{"APP", "ID", "IDENTITY", "STATE", "LAST SEEN"}}
		for _, a := range list {
			rows = append(rows, []string{a.Name, short(a.ID), a.Identity, a.State, clock(a.LastSeen)})
		}
		table(w, rows)
	})
}

type oneApp struct {
	App string `arg:"" name:"app" help:"An app's name or the start of its id."`
}

// change makes a call about one app and shows the app.
func (o oneApp) change(ctx context.Context, m *Main, verb, did string) error {
	app, err := ask[control.AppInfo](ctx, m, verb, control.Name{Name: o.App})
	if err != nil {
		return err
	}
	return m.show(app, func(w io.Writer) { fmt.Fprintf(w, did+"\n", printable(app.Name)) })
}

type appsShowCmd struct{ oneApp }

func (appsShowCmd) Help() string { return "Example:\n  privyseal apps show Coracle" }

func (c *appsShowCmd) Run(ctx context.Context, m *Main) error {
	app, err := ask[control.AppInfo](ctx, m, control.VerbAppsShow, control.Name{Name: c.App})
	if err != nil {
		return err
	}
	return m.showApp(app)
}

func (m *Main) showApp(a control.AppInfo) error {
	return m.show(a, func(w io.Writer) {
		fmt.Fprintf(w, "%s (%s), %s, as %s\n", printable(a.Name), short(a.ID), a.State, printable(a.Identity))
		if a.Claims.Name != "" || a.Claims.URL != "" {
			fmt.Fprintf(w, "It calls itself “%s” %s\n", printable(a.Claims.Name), printable(a.Claims.URL))
		}
		fmt.Fprintf(w, "Connected %s", clock(a.Created))
		if !a.LastSeen.IsZero() {
			fmt.Fprintf(w, ", last seen %s", clock(a.LastSeen))
		}
		fmt.Fprintln(w)
		may(w, "What it may do:", a.May)
		for _, r := range a.Relays {
			fmt.Fprintf(w, "Reached over %s\n", printable(r))
		}
	})
}

type appsPauseCmd struct{ oneApp }

func (appsPauseCmd) Help() string { return "Example:\n  privyseal apps pause Coracle" }

func (c *appsPauseCmd) Run(ctx context.Context, m *Main) error {
	return c.change(ctx, m, control.VerbAppsPause, "Paused %s. It gets nothing until: privyseal apps resume")
}

type appsResumeCmd struct{ oneApp }

func (appsResumeCmd) Help() string { return "Example:\n  privyseal apps resume Coracle" }

func (c *appsResumeCmd) Run(ctx context.Context, m *Main) error {
	return c.change(ctx, m, control.VerbAppsResume, "%s may go on.")
}

type appsRevokeCmd struct{ oneApp }

func (appsRevokeCmd) Help() string { return "Example:\n  privyseal apps revoke Coracle" }

func (c *appsRevokeCmd) Run(ctx context.Context, m *Main) error {
	return c.change(ctx, m, control.VerbAppsRevoke, "Disconnected %s for good.")
}

// grant changes what an app may do.
type grant struct {
	oneApp
	Perms string `arg:"" name:"perms" help:"NIP-46 permissions, such as sign_event:1,nip44_encrypt."`
}

func (g grant) give(ctx context.Context, m *Main, verdict string) error {
	app, err := ask[control.AppInfo](ctx, m, control.VerbAppsGrant, control.GrantArgs{App: g.App, Verdict: verdict, Perms: g.Perms})
	if err != nil {
		return err
	}
	return m.showApp(app)
}

type appsAllowCmd struct{ grant }

func (appsAllowCmd) Help() string {
	return "Examples:\n  privyseal apps allow Coracle sign_event:1\n  privyseal apps allow Coracle 'sign_event:1#20/h~30d'"
}

func (c *appsAllowCmd) Run(ctx context.Context, m *Main) error { return c.give(ctx, m, "allow") }

type appsAskCmd struct{ grant }

func (appsAskCmd) Help() string { return "Example:\n  privyseal apps ask Coracle sign_event:7" }

func (c *appsAskCmd) Run(ctx context.Context, m *Main) error { return c.give(ctx, m, "ask") }

type appsRefuseCmd struct{ grant }

func (appsRefuseCmd) Help() string { return "Example:\n  privyseal apps refuse Coracle nip04_decrypt" }

func (c *appsRefuseCmd) Run(ctx context.Context, m *Main) error { return c.give(ctx, m, "refuse") }
