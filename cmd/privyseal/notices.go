package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/privyseal/privyseal/internal/control"
)

type notifyCmd struct {
	List    notifyListCmd    `cmd:"" help:"List the ways in the order they are tried, and how the last try went."`
	Ntfy    notifyNtfyCmd    `cmd:"" help:"Tell an ntfy topic, or another address that takes a text (UnifiedPush)."`
	Message notifyMessageCmd `cmd:"" help:"Send a private Nostr message (NIP-17) to a key of yours."`
	Try     notifyTryCmd     `cmd:"" help:"Say something over one way, or over all."`
	Remove  notifyRemoveCmd  `cmd:"" help:"Use a way no more."`
}

func (notifyCmd) Help() string {
	return "By default nobody is told and nothing leaves this computer. What is sent says that a question waits and where to look; never which, nor anything an app wrote. Half a minute later the next way is tried. A browser is added in the console, under Settings; a program of your own with: privyseal up --notify-command FILE.\n\nExamples:\n  privyseal notify ntfy https://ntfy.sh/a-name-nobody-guesses\n  privyseal notify message npub1… --relay wss://relay.example\n  privyseal notify try"
}

type notifyListCmd struct{}

func (notifyListCmd) Help() string { return "Example:\n  privyseal notify list" }

func (notifyListCmd) Run(ctx context.Context, m *Main) error {
	return m.notices(ctx, control.VerbNotifyList, control.NoticeName{})
}

type notifyNtfyCmd struct {
	URL       string `arg:"" name:"url" help:"The topic's address. Who knows it may read along: choose a name nobody guesses."`
	TokenFile string `placeholder:"FILE" help:"A file with the access token of the topic."`
}

func (notifyNtfyCmd) Help() string {
	return "Example:\n  privyseal notify ntfy https://ntfy.sh/a-name-nobody-guesses"
}

func (c *notifyNtfyCmd) Run(ctx context.Context, m *Main) error {
	args := control.NoticeArgs{URL: c.URL}
	if c.TokenFile != "" {
		raw, err := os.ReadFile(c.TokenFile)
		if err != nil {
			return usage("the token cannot be read: "+tidy(err), "put it in a file, on one line")
		}
		args.Token = bytes.TrimSpace(raw)
	}
	return m.addNotice(ctx, args)
}

type notifyMessageCmd struct {
	To    string   `arg:"" name:"npub" help:"Whom to write to: a key of yours that this signer does not hold."`
	Relay []string `sep:"none" placeholder:"URL" help:"A relay it is read on; may be repeated. Else your own connections."`
}

func (notifyMessageCmd) Help() string {
	return "Example:\n  privyseal notify message npub1… --relay wss://relay.example"
}

func (c *notifyMessageCmd) Run(ctx context.Context, m *Main) error {
	return m.addNotice(ctx, control.NoticeArgs{To: c.To, Relays: c.Relay})
}

func (m *Main) addNotice(ctx context.Context, args control.NoticeArgs) error {
	w, err := ask[control.NoticeInfo](ctx, m, control.VerbNotifyAdd, args)
	if err != nil {
		return err
	}
	return m.show(w, func(out io.Writer) {
		fmt.Fprintf(out, "%s: %s at %s. Try it: privyseal notify try %s\n", short(w.ID), w.Kind, printable(w.Where), short(w.ID))
	})
}

type oneNotice struct {
	ID string `arg:"" help:"The way's id, or the start of it."`
}

type notifyRemoveCmd struct{ oneNotice }

func (notifyRemoveCmd) Help() string { return "Example:\n  privyseal notify remove 3fa9" }

func (c *notifyRemoveCmd) Run(ctx context.Context, m *Main) error {
	return m.notices(ctx, control.VerbNotifyRemove, control.NoticeName{ID: c.ID})
}

type notifyTryCmd struct {
	ID string `arg:"" optional:"" help:"Only this way."`
}

func (notifyTryCmd) Help() string { return "Example:\n  privyseal notify try" }

func (c *notifyTryCmd) Run(ctx context.Context, m *Main) error {
	list, err := ask[control.Notices](ctx, m, control.VerbNotifyTry, control.NoticeName{ID: c.ID})
	if err != nil {
		return err
	}
	if err := m.showNotices(list); err != nil {
		return err
	}
	for _, w := range list.Ways {
		if w.Fault != "" && (c.ID == "" || w.ID[:min(len(c.ID), len(w.ID))] == c.ID) {
			return &failure{Kind: "unreachable", Msg: w.Kind + ": " + w.Fault, Hint: "mend it, or remove it: privyseal notify remove " + short(w.ID), code: exitFailed, told: true}
		}
	}
	return nil
}

func (m *Main) notices(ctx context.Context, verb string, n control.NoticeName) error {
	list, err := ask[control.Notices](ctx, m, verb, n)
	if err != nil {
		return err
	}
	return m.showNotices(list)
}

func (m *Main) showNotices(list control.Notices) error {
	return m.show(list, func(w io.Writer) {
		if len(list.Ways) == 0 {
			fmt.Fprintln(w, "Nobody is told. Add a way, for example: privyseal notify ntfy https://ntfy.sh/a-name-nobody-guesses")
			return
		}
		rows := [][]string{{"ID", "WAY", "WHERE", "LAST TOLD", "PROBLEM"}}
		for _, n := range list.Ways {
			where := n.Where
			if n.PersonName != "" {
				where = n.PersonName + ", " + n.Label + " (" + n.Where + ")"
			}
			rows = append(rows, []string{short(n.ID), n.Kind, where, clock(n.Told), n.Fault})
		}
		table(w, rows)
	})
}
