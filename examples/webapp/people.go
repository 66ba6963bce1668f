package webapp

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/privyseal/privyseal/examples/webapp/relays"
	"github.com/privyseal/privyseal/nostr"
)

// person is what is known of an account: all of it is its own claim.
type person struct {
	Key     nostr.PubKey
	Name    string // never empty
	About   string
	Address string // name@domain
	Tips    string // name@domain that takes tips
	Profile bool   // there is one
}

// profile is the content of a kind-0 event. Fields that this app does not know
// are kept when it changes one.
type profile map[string]any

func readProfile(e *nostr.Event) profile {
	p := profile{}
	if e != nil {
		_ = json.Unmarshal([]byte(e.Content), &p)
	}
	return p
}

func (p profile) text(field string) string {
	s, _ := p[field].(string)
	return strings.TrimSpace(s)
}

// people finds who the keys belong to, in one question.
func (s *site) people(ctx context.Context, keys ...nostr.PubKey) map[nostr.PubKey]person {
	known := map[nostr.PubKey]person{}
	for _, k := range keys {
		known[k] = person{Key: k, Name: "Neighbour " + k.Npub()[5:9]}
	}
	if len(known) == 0 {
		return known
	}
	found, _ := relays.Query(ctx, s.o.Relay, nostr.Filter{Kinds: []nostr.Kind{0}, Authors: keys}) // without one, all stay neighbours
	for _, e := range found {
		p := readProfile(e)
		who := person{Key: e.PubKey, Name: p.text("name"), About: p.text("about"), Address: p.text("nip05"), Tips: p.text("lud16"), Profile: true}
		if who.Name == "" {
			who.Name = known[e.PubKey].Name
		}
		known[e.PubKey] = who
	}
	return known
}

// newest is the newest of an account's events of a kind, nil for none; of
// addressable ones that with d.
func (s *site) newest(ctx context.Context, who nostr.PubKey, kind nostr.Kind, d string) (*nostr.Event, error) {
	f := nostr.Filter{Kinds: []nostr.Kind{kind}, Authors: []nostr.PubKey{who}}
	if d != "" {
		f.Tags = map[string][]string{"d": {d}}
	}
	found, err := relays.Query(ctx, s.o.Relay, f)
	var best *nostr.Event
	for _, e := range found {
		if best == nil || e.CreatedAt > best.CreatedAt {
			best = e
		}
	}
	return best, err
}
