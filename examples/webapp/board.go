package webapp

import (
	"context"
	"slices"
	"strings"

	"github.com/privyseal/privyseal/examples/webapp/relays"
	"github.com/privyseal/privyseal/nostr"
)

// topic marks the board's posts among all others on a relay.
const topic = "message-board"

// Board is the message board.
type Board struct {
	*site
	tips  tips
	bills bills
	venue venue
}

// NewBoard makes the board.
func NewBoard(o Options) (*Board, error) {
	s, err := newSite(o, "Village Board", "layout.html",
		link{"/", "Board"}, link{"/notes", "Notes"}, link{"/wallet", "Wallet"}, link{"/poll", "Poll"}, link{"/door", "Door"}, link{"/you", "You"}, link{"/carry", "Bag"})
	if err != nil {
		return nil, err
	}
	b := &Board{site: s}
	b.page("/{$}", "board.html", b.posts)
	b.act("post", act{kind: 1, draft: draftPost, take: b.takePost})
	for _, part := range []func(){b.tipping, b.wallets, b.notes, b.polls, b.you, b.door, b.carry} {
		part()
	}
	b.act("react", act{kind: 7, draft: b.draftReaction, done: reply{Said: "Your reaction is there.", Next: "/"}})
	return b, nil
}

// post is one post with what people made of it.
type post struct {
	*nostr.Event
	By    person
	Hands int  // reactions
	Mine  bool // one of them is the visitor's
	Tips  int64
	Takes bool // tips
	Badge bool // its author shows the board's, and has it
}

// front is what the board's first page shows.
type front struct {
	Greeting string
	Posts    []post
}

func (b *Board) posts(v visit) (any, error) {
	n := 50
	found, err := relays.Query(v.Context(), b.o.Relay, nostr.Filter{Kinds: []nostr.Kind{1}, Tags: map[string][]string{"t": {topic}}, Limit: &n})
	if err != nil {
		return nil, err
	}
	ids, keys := make([]string, len(found)), make([]nostr.PubKey, len(found))
	for i, e := range found {
		ids[i], keys[i] = e.ID.String(), e.PubKey
	}
	by := b.people(v.Context(), keys...)
	wear, err := b.wearers(v.Context(), keys)
	if err != nil {
		return nil, err
	}
	posts := make([]post, len(found))
	for i, e := range found {
		posts[i] = post{Event: e, By: by[e.PubKey], Takes: b.tips.takes(by[e.PubKey]), Badge: wear[e.PubKey]}
	}
	have := front{}
	if have.Posts, err = b.reactions(v.Context(), v.who, posts, ids); err != nil || !v.in {
		return have, err
	}
	mine, err := b.belongings(v.Context(), v.who)
	if err != nil {
		return nil, err
	}
	if s := mine.Settings; s != nil {
		have.Greeting = s.Greeting
		if s.Order == "oldest" {
			slices.Reverse(have.Posts)
		}
	}
	return have, nil
}

// reactions counts hands, one a person, and tips.
func (b *Board) reactions(ctx context.Context, who nostr.PubKey, posts []post, ids []string) ([]post, error) {
	if len(posts) == 0 {
		return posts, nil
	}
	found, err := relays.Query(ctx, b.o.Relay, nostr.Filter{Kinds: []nostr.Kind{7, 9735}, Tags: map[string][]string{"e": ids}})
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, e := range found {
		i := slices.Index(ids, e.Tags.TagValue("e"))
		once := e.Tags.TagValue("e") + e.PubKey.String()
		if i < 0 || e.Kind == 7 && seen[once] {
			continue
		}
		if e.Kind == 9735 {
			if offer, err := b.tips.offer(ctx, posts[i].By); err == nil {
				posts[i].Tips += worth(e, offer.Key)
			}
			continue
		}
		seen[once] = true
		posts[i].Hands++
		posts[i].Mine = posts[i].Mine || e.PubKey == who
	}
	return posts, nil
}

func draftPost(v visit) (*nostr.Template, error) {
	text := strings.TrimSpace(v.FormValue("text"))
	switch {
	case text == "":
		return nil, wrong("Write something first.")
	case len(text) > 2000:
		return nil, wrong("That is too long for this board. Make it shorter, then try again.")
	}
	return &nostr.Template{Content: text, Tags: nostr.Tags{{"t", topic}}}, nil
}

func (b *Board) takePost(v visit, e *nostr.Event) (reply, error) {
	if e.Tags.TagValue("t") != topic {
		return reply{}, wrong("Your signer sent back something else than was asked. Try again.")
	}
	if err := relays.Publish(v.Context(), b.o.Relay, e); err != nil {
		return reply{}, err
	}
	if err := b.reward(v.Context(), v); err != nil {
		return reply{}, err
	}
	return reply{Said: "Your post is on the board.", Next: "/"}, nil
}

func (b *Board) draftReaction(v visit) (*nostr.Template, error) {
	e, err := b.find(v.Context(), v.FormValue("post"))
	if err != nil {
		return nil, err
	}
	return &nostr.Template{Content: "+", Tags: nostr.Tags{{"e", e.ID.String()}, {"p", e.PubKey.String()}, {"k", "1"}}}, nil
}

// find is a post by its id.
func (b *Board) find(ctx context.Context, id string) (*nostr.Event, error) {
	want, err := nostr.ParseID(id)
	if err != nil {
		return nil, wrong("There is no such post.")
	}
	found, err := relays.Query(ctx, b.o.Relay, nostr.Filter{IDs: []nostr.ID{want}})
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, wrong("This post is not there any more.")
	}
	return found[0], nil
}
