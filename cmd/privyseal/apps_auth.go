package main

import (
	"context"
	"fmt"
	"io"

	"github.com/privyseal/privyseal/internal/control"
)

type appsAuthURLCmd struct {
	oneApp
	To string `arg:"" enum:"on,off" help:"on or off."`
}

func (appsAuthURLCmd) Help() string {
	return "With it on, an app that asks for something is given an address of the console, which it may open for you (auth_url). Many apps take that for a failure.\n\nExample:\n  privyseal apps auth-url Coracle on"
}

func (c *appsAuthURLCmd) Run(ctx context.Context, m *Main) error {
	app, err := ask[control.AppInfo](ctx, m, control.VerbAppsAuthURL, control.AppSwitch{App: c.App, On: c.To == "on"})
	if err != nil {
		return err
	}
	return m.show(app, func(w io.Writer) {
		said := "%s is not told where you answer.\n"
		if c.To == "on" {
			said = "%s is told where you answer.\n"
		}
		fmt.Fprintf(w, said, printable(app.Name))
	})
}
