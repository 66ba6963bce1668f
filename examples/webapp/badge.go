package webapp

import (
	"context"
	"slices"

	"github.com/privyseal/privyseal/examples/webapp/relays"
	"github.com/privyseal/privyseal/nostr"
)

// Kinds of NIP-58.
const (
	kindAward  nostr.Kind = 8
	kindShown  nostr.Kind = 30008
	kindBadge  nostr.Kind = 30009
	badgePlace            = "first-post"
	shownPlace            = "profile_badges"
)

// badge is the badge for a first post, and how the visitor stands to it.
type badge struct {
	Name, About   string
	Awarded, Worn bool
	award         nostr.ID
}

func (b *Board) badges() {
	b.act("badge", act{kind: kindShown, draft: func(v visit) (*nostr.Template, error) {
		is, err := b.badge(v)
		if err != nil {
			return nil, err
		}
		if !is.Awarded {
			return nil, wrong("You have no badge yet. Post something on the board, and you get one.")
		}
		old, err := b.newest(v.Context(), v.who, kindShown, shownPlace)
		if err != nil {
			return nil, err
		}
		tags := nostr.Tags{{"d", shownPlace}}
		if old != nil {
			tags = slices.Clone(old.Tags) // others stay
		}
		return &nostr.Template{Tags: append(tags, nostr.Tag{"a", b.badgeAddress()}, nostr.Tag{"e", is.award.String()})}, nil
	}, done: reply{Said: "Your badge is on your profile.", Next: "/you"}})
}

func (b *Board) badgeAddress() string {
	return "30009:" + nostr.PubKey(b.o.Key.PublicKey()).String() + ":" + badgePlace
}

func (b *Board) badge(v visit) (badge, error) {
	own := nostr.PubKey(b.o.Key.PublicKey())
	found, err := relays.Query(v.Context(), b.o.Relay,
		nostr.Filter{Kinds: []nostr.Kind{kindBadge, kindAward}, Authors: []nostr.PubKey{own}},
		nostr.Filter{Kinds: []nostr.Kind{kindShown}, Authors: []nostr.PubKey{v.who}})
	var is badge
	for _, e := range found {
		switch {
		case e.Kind == kindBadge:
			is.Name, is.About = e.Tags.TagValue("name"), e.Tags.TagValue("description")
		case e.Kind == kindAward && has(e, "p", v.who.String()):
			is.Awarded, is.award = true, e.ID
		case e.Kind == kindShown:
			is.Worn = has(e, "a", b.badgeAddress())
		}
	}
	return is, err
}

// wearers are who shows the badge, and was given it.
func (b *Board) wearers(ctx context.Context, keys []nostr.PubKey) (map[nostr.PubKey]bool, error) {
	wear := map[nostr.PubKey]bool{}
	if len(keys) == 0 {
		return wear, nil
	}
	found, err := relays.Query(ctx, b.o.Relay,
		nostr.Filter{Kinds: []nostr.Kind{kindAward}, Authors: []nostr.PubKey{b.o.Key.PublicKey()}},
		nostr.Filter{Kinds: []nostr.Kind{kindShown}, Authors: keys})
	for _, shown := range found {
		if shown.Kind != kindShown || !has(shown, "a", b.badgeAddress()) {
			continue
		}
		wear[shown.PubKey] = slices.ContainsFunc(found, func(e *nostr.Event) bool {
			return e.Kind == kindAward && has(e, "p", shown.PubKey.String()) && has(shown, "e", e.ID.String())
		})
	}
	return wear, err
}

func has(e *nostr.Event, name, value string) bool {
	return slices.ContainsFunc(e.Tags, func(t nostr.Tag) bool { return len(t) > 1 && t[0] == name && t[1] == value })
}

// reward gives the badge for a first post.
func (b *Board) reward(ctx context.Context, v visit) error {
	is, err := b.badge(v)
	if err != nil || is.Awarded || is.Name == "" {
		return err
	}
	t := nostr.Template{Kind: kindAward, CreatedAt: b.o.Now().Unix(), Tags: nostr.Tags{{"a", b.badgeAddress()}, {"p", v.who.String()}}}
	e, err := t.Sign(b.o.Key, false)
	if err != nil {
		return err
	}
	return relays.Publish(ctx, b.o.Relay, e)
}
