package webapp

import (
	"slices"

	"github.com/privyseal/privyseal/examples/webapp/relays"
	"github.com/privyseal/privyseal/nostr"
)

// Kinds of NIP-88.
const (
	kindPoll nostr.Kind = 1068
	kindVote nostr.Kind = 1018
)

// poll is one poll with its votes.
type poll struct {
	ID, Question string
	Options      []option
	Voters       int
	Mine         string // what the visitor voted for
	at           int64  // and when
}

type option struct {
	ID, Label string
	Votes     int
}

func (b *Board) polls() {
	b.page("/poll", "poll.html", func(v visit) (any, error) { return b.poll(v) })
	b.act("vote", act{kind: kindVote, draft: func(v visit) (*nostr.Template, error) {
		p, err := b.poll(v)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(p.Options, func(o option) bool { return o.ID == v.FormValue("option") })
		if i < 0 {
			return nil, wrong("Choose one of the answers first.")
		}
		return &nostr.Template{CreatedAt: p.at + 1, Tags: nostr.Tags{{"e", p.ID}, {"response", p.Options[i].ID}}}, nil
	}, done: reply{Said: "Your vote is counted. Everybody can see it.", Next: "/poll"}})
}

// poll is the board's newest poll. Of each voter the last vote counts.
func (b *Board) poll(v visit) (*poll, error) {
	found, err := relays.Query(v.Context(), b.o.Relay, nostr.Filter{Kinds: []nostr.Kind{kindPoll}, Authors: []nostr.PubKey{b.o.Key.PublicKey()}})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, wrong("There is no poll at the moment.")
	}
	p := &poll{ID: found[0].ID.String(), Question: found[0].Content}
	for _, t := range found[0].Tags {
		if t[0] == "option" && len(t) > 2 {
			p.Options = append(p.Options, option{ID: t[1], Label: t[2]})
		}
	}
	votes, err := relays.Query(v.Context(), b.o.Relay, nostr.Filter{Kinds: []nostr.Kind{kindVote}, Tags: map[string][]string{"e": {p.ID}}})
	if err != nil {
		return nil, err
	}
	last := map[nostr.PubKey]*nostr.Event{}
	for _, e := range votes {
		if old := last[e.PubKey]; old == nil || e.CreatedAt > old.CreatedAt {
			last[e.PubKey] = e
		}
	}
	for who, e := range last {
		i := slices.IndexFunc(p.Options, func(o option) bool { return o.ID == e.Tags.TagValue("response") })
		if i < 0 {
			continue
		}
		p.Options[i].Votes++
		p.Voters++
		if who == v.who {
			p.Mine, p.at = p.Options[i].Label, e.CreatedAt
		}
	}
	return p, nil
}
