package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nip46"
)

// pairFlags say what a new app may do.
type pairFlags struct {
	Identity   string `placeholder:"I" help:"Whose identity; needed when there are several."`
	Preset     string `placeholder:"P" help:"What the app may do: sign-in, social, messages, trusted or ask."`
	Allow      string `placeholder:"PERMS" help:"Allow besides, such as sign_event:1#20/h."`
	Refuse     string `placeholder:"PERMS" help:"Never allow."`
	Compatible bool   `help:"Use the user key as the signer's address too, for apps that need it."`
	AppName    string `placeholder:"N" help:"What to call the app."`
}

func (f pairFlags) args() control.InviteArgs {
	return control.InviteArgs{Identity: f.Identity, AppName: f.AppName, Preset: f.Preset, Allow: f.Allow, Refuse: f.Refuse, Compatible: f.Compatible}
}

type inviteCmd struct {
	pairFlags
	QR bool `name:"qr" help:"Show the link as a QR code too."`
}

func (inviteCmd) Help() string {
	return "Examples:\n  privyseal invite --app-name Coracle --qr\n  privyseal invite --preset ask --allow 'sign_event:1#20/h,nip44_decrypt'"
}

func (c *inviteCmd) Run(ctx context.Context, m *Main) error {
	inv, err := ask[control.Invite](ctx, m, control.VerbInvite, c.args())
	if err != nil {
		return err
	}
	return m.show(inv, func(w io.Writer) {
		fmt.Fprintf(w, "%s\n", inv.URI)
		if c.QR {
			fmt.Fprint(w, "\n", qrCode(inv.URI))
		}
		fmt.Fprintf(w, "\nPaste this link into the app. It connects one app as %s and works once, until %s.\n",
			printable(inv.Identity), inv.ExpiresAt.Local().Format("15:04"))
		for _, r := range inv.Relays {
			state := "listening"
			if !r.Live {
				state = "not reached yet"
			}
			bullet(w, fmt.Sprintf("%s (%s, %s)", r.URL, r.Reach, state))
		}
		may(w, "What the app may do:", inv.May)
	})
}

func may(w io.Writer, title string, sentences []string) {
	fmt.Fprintln(w, title)
	for _, s := range sentences {
		bullet(w, s)
	}
	if len(sentences) == 0 {
		bullet(w, "nothing without asking")
	}
}

type acceptCmd struct {
	URI string `arg:"" name:"uri" help:"The app's nostrconnect:// link; - reads it from standard input."`
	pairFlags
}

func (acceptCmd) Help() string {
	return "Examples:\n  privyseal accept 'nostrconnect://…'\n  privyseal accept --preset sign-in 'nostrconnect://…'"
}

func (c *acceptCmd) Run(ctx context.Context, m *Main) error {
	uri, err := m.link(c.URI)
	if err != nil {
		return err
	}
	app, err := ask[control.AppInfo](ctx, m, control.VerbAccept, control.AcceptArgs{URI: uri, InviteArgs: c.args()})
	if err != nil {
		return err
	}
	return m.show(app, func(w io.Writer) {
		fmt.Fprintf(w, "Connected %s as %s.\n", printable(app.Name), printable(app.Identity))
		may(w, "What it may do:", app.May)
		wished(w, app, uri)
	})
}

// wished says what an app's link asked for: that alone gives it nothing.
func wished(w io.Writer, app control.AppInfo, uri string) {
	link, err := nip46.ParseConnect(uri)
	if err != nil {
		return
	}
	perms, _ := nip46.ParseRequested(link.Perms)
	if len(perms) == 0 {
		return
	}
	list := make([]string, len(perms))
	for i, p := range perms {
		list[i] = p.String()
	}
	fmt.Fprintf(w, "It asked for: %s\nGive it any of that with: privyseal apps allow %s PERMS\n", printable(strings.Join(list, ", ")), short(app.ID))
}

// link reads a link from standard input when it is "-", which keeps it out of
// the list of processes.
func (m *Main) link(uri string) (string, error) {
	if uri != "-" {
		return uri, nil
	}
	line, err := bufio.NewReader(io.LimitReader(m.Stdin, 64<<10)).ReadString('\n')
	if line = strings.TrimSpace(line); line == "" {
		return "", usage("no link came on standard input", "for example: echo 'nostrconnect://…' | privyseal accept -")
	}
	if err != nil && err != io.EOF {
		return "", err
	}
	return line, nil
}
