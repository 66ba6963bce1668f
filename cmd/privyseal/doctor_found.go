package main

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/herald"
	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nostr"
)

// foundFor is how long an address, or a relay, may take to say what it tells of
// the signer.
const foundFor = 8 * time.Second

// found looks for the signer as an app does: by its address, and on relays.
func (c *checkup) found(ctx context.Context) error {
	d, err := ask[control.Discovery](ctx, c.m, control.VerbDiscovery, nil)
	if err != nil {
		return ctx.Err() // there is no vault, and that was said
	}
	home, err := url.Parse(d.Home)
	if err != nil || home.Host == "" {
		return nil
	}
	socks := ""
	if s, err := ask[control.SettingInfo](ctx, c.m, control.VerbSettingsGet, control.Name{Name: "socks"}); err == nil {
		socks = s.Value
	}
	seen, cancel := context.WithTimeout(ctx, foundFor)
	h, err := client.Discover(seen, home.Host, client.Options{PrivateRelays: true, Socks: socks})
	cancel()
	const fix = "see that this address leads here, with TLS: privyseal up --public-url"
	switch {
	case err != nil:
		c.add("address", warning, "apps may not find the signer at "+d.Home+": "+whyNot(err), fix)
	case h.Key.String() != d.Signer:
		c.add("address", warning, "at "+d.Home+" another signer answers", fix)
	case d.Origin == "":
		c.add("address", fine, "apps on this computer find the signer at "+d.Home+"; it has no public address", "")
	default:
		c.add("address", fine, "apps find the signer at "+d.Home, "")
	}
	if !d.Announced {
		return ctx.Err()
	}
	if len(d.Told) == 0 {
		c.add("announcement", warning, "no relay is told of the signer: it has only its own", "add one of yours: privyseal relays add wss://relay.example")
	}
	for _, r := range d.Told {
		switch {
		case c.keeps(ctx, r.URL, d.Signer, socks):
			c.add("announcement", fine, r.URL+" tells apps of the signer", "")
		case r.Has:
			c.add("announcement", warning, r.URL+" took what it was told of the signer, and does not have it", "nothing, if another relay tells apps of it")
		case r.Why != "":
			c.add("announcement", warning, r.URL+" does not tell apps of the signer: "+r.Why, "nothing, if another relay tells apps of it; or: privyseal settings set announce off")
		default:
			c.add("announcement", warning, r.URL+" was not told of the signer yet", "look again in a minute: privyseal doctor")
		}
	}
	return ctx.Err()
}

func whyNot(err error) string {
	if e, ok := errors.AsType[*client.Error](err); ok {
		return e.Msg
	}
	return tidy(err)
}

// keeps reports whether a relay has the announcement by the signer's own key.
func (c *checkup) keeps(ctx context.Context, relay, signer, socks string) bool {
	key, err := nostr.ParsePubKey(signer)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, foundFor)
	defer cancel()
	conn, err := link.Dial(ctx, relay, link.Options{Dialer: &link.Dialer{Socks: socks}, Typed: true})
	if err != nil {
		return false
	}
	defer conn.Close()
	limit := 1
	of := nostr.Filter{Authors: []nostr.PubKey{key}, Kinds: []nostr.Kind{herald.KindHandler}, Tags: map[string][]string{"k": {"24133"}}, Limit: &limit}
	if conn.Send(&nostr.ClientMessage{Label: nostr.LabelReq, SubID: "doctor", Filters: []nostr.Filter{of}}) != nil {
		return false
	}
	for {
		m, err := conn.Read(ctx)
		switch {
		case err != nil, m.Label == nostr.LabelEOSE, m.Label == nostr.LabelClosed:
			return false
		case m.Label == nostr.LabelEvent && of.Match(m.Event) && m.Event.Verify() == nil:
			return true
		}
	}
}
