package main

import (
	"context"
	"fmt"
	"io"

	"github.com/privyseal/privyseal/internal/control"
)

type relaysCmd struct {
	List   relaysListCmd   `cmd:"" help:"List relays and how each does."`
	Add    relaysAddCmd    `cmd:"" help:"Listen on one more relay."`
	Remove relaysRemoveCmd `cmd:"" help:"Stop using a relay; apps are told, and it is served for one more day."`
	Test   relaysTestCmd   `cmd:"" help:"Send a request to ourselves through every relay, or one."`
}

func (relaysCmd) Help() string {
	return "Examples:\n  privyseal relays list\n  privyseal relays add wss://relay.example"
}

type relaysListCmd struct{}

func (relaysListCmd) Help() string { return "Example:\n  privyseal relays list" }

func (relaysListCmd) Run(ctx context.Context, m *Main) error {
	return m.relays(ctx, control.VerbRelaysList, "")
}

type oneRelay struct {
	URL string `arg:"" name:"url" help:"The relay's address, such as wss://relay.example."`
}

type relaysAddCmd struct{ oneRelay }

func (relaysAddCmd) Help() string { return "Example:\n  privyseal relays add wss://relay.example" }

func (c *relaysAddCmd) Run(ctx context.Context, m *Main) error {
	return m.relays(ctx, control.VerbRelaysAdd, c.URL)
}

type relaysRemoveCmd struct{ oneRelay }

func (relaysRemoveCmd) Help() string {
	return "Example:\n  privyseal relays remove wss://relay.example"
}

func (c *relaysRemoveCmd) Run(ctx context.Context, m *Main) error {
	return m.relays(ctx, control.VerbRelaysRemove, c.URL)
}

type relaysTestCmd struct {
	URL string `arg:"" optional:"" name:"url" help:"Only this relay."`
}

func (relaysTestCmd) Help() string { return "Example:\n  privyseal relays test" }

func (c *relaysTestCmd) Run(ctx context.Context, m *Main) error {
	list, err := ask[[]control.RelayInfo](ctx, m, control.VerbRelaysTest, control.Name{Name: c.URL})
	if err != nil {
		return err
	}
	if err := m.showRelays(list); err != nil {
		return err
	}
	for _, r := range list {
		if r.RoundTrip == 0 {
			return &failure{Kind: "unreachable", Msg: "no request came back through " + r.URL, Hint: "try again, or use another one: privyseal relays add URL", code: exitFailed, told: true}
		}
	}
	return nil
}

func (m *Main) relays(ctx context.Context, verb, name string) error {
	list, err := ask[[]control.RelayInfo](ctx, m, verb, control.Name{Name: name})
	if err != nil {
		return err
	}
	return m.showRelays(list)
}

func (m *Main) showRelays(list []control.RelayInfo) error {
	return m.show(list, func(w io.Writer) {
		rows := [][]string{{"RELAY", "STATE", "SINCE", "LISTENING", "ROUND TRIP"}}
		for _, r := range list {
			trip, url := "", r.URL
			if r.RoundTrip > 0 {
				trip = fmt.Sprintf("%.1f ms", r.RoundTrip)
			}
			if r.Own {
				url += " (own)"
			}
			state := r.State
			if r.Detail != "" {
				state += ": " + r.Detail
			}
			rows = append(rows, []string{url, state, clock(r.Since), fmt.Sprintf("%d of %d", r.Live, r.Keys), trip})
		}
		table(w, rows)
	})
}
