package webapp

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/privyseal/privyseal/examples/webapp/relays"
	"github.com/privyseal/privyseal/nostr"
)

// belongings are what an account takes from app to app.
type belongings struct {
	Places   []string // where its posts are kept (NIP-65)
	Follows  []person
	Others   []person // of the board, not followed
	Settings *settings
	Wallet   string // sealed
}

// settings are the board's own, kept by the person (NIP-78).
type settings struct {
	Greeting string `json:"greeting"`
	Order    string `json:"order"` // newest or oldest
}

func (b *Board) carry() {
	b.page("/carry", "carry.html", func(v visit) (any, error) {
		if !v.in {
			return nil, nil
		}
		have, err := b.belongings(v.Context(), v.who)
		if err != nil {
			return nil, err
		}
		have.Others, err = b.others(v, have.Follows)
		return have, err
	})
	b.act("follow", act{kind: 3, draft: b.draftFollow, done: reply{Said: "You follow them now, in every app.", Next: "/carry"}})
	b.act("places", act{kind: 10002, draft: draftPlaces, done: reply{Said: "Every app now knows where your posts are.", Next: "/carry"}})
	b.act("settings", act{kind: kindSettings, draft: draftSettings, done: reply{Said: "Your settings are saved with your account.", Next: "/carry"}})
}

// belongings finds them on the app's relay.
func (s *site) belongings(ctx context.Context, who nostr.PubKey) (*belongings, error) {
	found, err := relays.Query(ctx, s.o.Relay, nostr.Filter{Kinds: []nostr.Kind{3, 10002, kindSettings}, Authors: []nostr.PubKey{who}})
	if err != nil {
		return nil, err
	}
	have := &belongings{}
	var keys []nostr.PubKey
	for _, e := range found {
		switch place := e.Tags.TagValue("d"); {
		case e.Kind == 3:
			keys = followed(e)
		case e.Kind == 10002:
			for _, t := range e.Tags {
				if t[0] == "r" && len(t) > 1 {
					have.Places = append(have.Places, t[1])
				}
			}
		case place == walletPlace:
			have.Wallet = e.Content
		case place == settingsPlace:
			have.Settings = new(settings)
			if json.Unmarshal([]byte(e.Content), have.Settings) != nil {
				have.Settings = nil
			}
		}
	}
	names := s.people(ctx, keys...)
	for _, k := range keys {
		have.Follows = append(have.Follows, names[k])
	}
	return have, nil
}

func followed(e *nostr.Event) []nostr.PubKey {
	var keys []nostr.PubKey
	for _, t := range e.Tags {
		if k, err := nostr.ParsePubKey(t[min(1, len(t)-1)]); t[0] == "p" && err == nil {
			keys = append(keys, k)
		}
	}
	return keys
}

// others are who posts here and is not followed yet.
func (b *Board) others(v visit, follows []person) ([]person, error) {
	found, err := relays.Query(v.Context(), b.o.Relay, nostr.Filter{Kinds: []nostr.Kind{1}, Tags: map[string][]string{"t": {topic}}})
	var keys []nostr.PubKey
	for _, e := range found {
		known := e.PubKey == v.who || slices.ContainsFunc(follows, func(p person) bool { return p.Key == e.PubKey })
		if !known && !slices.Contains(keys, e.PubKey) {
			keys = append(keys, e.PubKey)
		}
	}
	names := b.people(v.Context(), keys...)
	others := make([]person, len(keys))
	for i, k := range keys {
		others[i] = names[k]
	}
	return others, err
}

// draftFollow adds one to the list there is. If the list cannot be read, nothing
// is drafted: a list of one would take the place of the whole.
func (b *Board) draftFollow(v visit) (*nostr.Template, error) {
	whom, err := nostr.ParsePubKey(v.FormValue("whom"))
	if err != nil {
		return nil, wrong("There is nobody of that name here.")
	}
	old, err := b.newest(v.Context(), v.who, 3, "")
	if err != nil {
		return nil, err
	}
	t := &nostr.Template{}
	if old != nil {
		t.Tags, t.Content = slices.Clone(old.Tags), old.Content
	}
	if !slices.ContainsFunc(t.Tags, func(tag nostr.Tag) bool { return len(tag) > 1 && tag[0] == "p" && tag[1] == whom.String() }) {
		t.Tags = append(t.Tags, nostr.Tag{"p", whom.String()})
	}
	return t, nil
}

func draftPlaces(v visit) (*nostr.Template, error) {
	t := &nostr.Template{}
	for _, line := range strings.Fields(v.FormValue("places")) {
		url, err := nostr.NormalizeRelayURL(line)
		if err != nil {
			return nil, wrong("“" + line + "” is no such place. One looks like wss://relay.example")
		}
		t.Tags = append(t.Tags, nostr.Tag{"r", url})
	}
	if len(t.Tags) == 0 || len(t.Tags) > 10 {
		return nil, wrong("Name between one and ten places, one a line.")
	}
	return t, nil
}

func draftSettings(v visit) (*nostr.Template, error) {
	s := settings{Greeting: strings.TrimSpace(v.FormValue("greeting")), Order: "newest"}
	if v.FormValue("order") == "oldest" {
		s.Order = "oldest"
	}
	if len(s.Greeting) > 100 {
		return nil, wrong("That greeting is too long.")
	}
	raw, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return &nostr.Template{Content: string(raw), Tags: nostr.Tags{{"d", settingsPlace}}}, nil
}
