package effect_test

import (
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nostr"
)

// What a change adds and removes is all that it changes: nothing is lost
// uncounted, whatever the lists.
func TestDiffNeverLoses(t *testing.T) {
	person := rapid.StringMatching(`[ab]{3}`)
	tags := rapid.Custom(func(t *rapid.T) (tags nostr.Tags) {
		for _, p := range rapid.SliceOfN(person, 0, 30).Draw(t, "people") {
			tags = append(tags, nostr.Tag{"p", strings.Repeat(p, 21) + "a"})
		}
		return tags
	})
	rapid.Check(t, func(t *rapid.T) {
		from, to := &nostr.Event{Kind: 3, Tags: tags.Draw(t, "before")}, &nostr.Event{Kind: 3, Tags: tags.Draw(t, "after")}
		c, back := effect.Diff(from, to), effect.Diff(to, from)
		if len(from.Tags)+c.Added-c.Removed != len(to.Tags) || c.Added != back.Removed || c.Removed != back.Added {
			t.Fatalf("%d tags, %+v, then %d", len(from.Tags), c, len(to.Tags))
		}
		if c := effect.Diff(from, from); c.Added != 0 || c.Removed != 0 {
			t.Fatalf("%+v of nothing", c)
		}
		e := effect.Of(&privyseal.Request{Op: privyseal.OpSignEvent, Template: &nostr.Template{Kind: 3, Tags: to.Tags}},
			effect.Facts{Older: effect.Older{Head: from, HeadState: effect.HeadFound}})
		s := e.Summary
		gone := people(from.Tags)
		maps.DeleteFunc(gone, func(p string, _ bool) bool { return people(to.Tags)[p] })
		if !s.Known || s.Before+s.Added-s.Removed != s.Items || s.Removed != len(gone) {
			t.Fatalf("%d really go: %+v", len(gone), s)
		}
	})
}

func people(tags nostr.Tags) map[string]bool {
	m := map[string]bool{}
	for _, t := range tags {
		m[t[1]] = true
	}
	return m
}

func TestDiffOfProfiles(t *testing.T) {
	profile := func(s string) *nostr.Event { return &nostr.Event{Content: s} }
	c := effect.Diff(profile(`{"name":"Ana","lud16":"ana@home.example","n":1}`), profile(`{"name":"Ana","lud16":"x9@pay.example","bio":"hi"}`))
	want := []effect.Field{{Name: "bio", To: "hi"}, {Name: "lud16", From: "ana@home.example", To: "x9@pay.example"}, {Name: "n", From: "1"}}
	if len(c.Fields) != 3 || c.Fields[0] != want[0] || c.Fields[1] != want[1] || c.Fields[2] != want[2] || c.Text {
		t.Fatalf("%+v", c)
	}
	if c := effect.Diff(profile(`{"name":"Ana"}`), profile(`not a profile`)); len(c.Fields) != 1 || c.Fields[0].To != "" {
		t.Fatalf("%+v", c)
	}
	if c := effect.Diff(&nostr.Event{Kind: 30023, Content: "a"}, &nostr.Event{Kind: 30023, Content: "b"}); !c.Text || c.Fields != nil {
		t.Fatalf("%+v", c)
	}
	if c := effect.Diff(&nostr.Event{Kind: 1, Content: `{"name":"Ana"}`}, &nostr.Event{Kind: 1, Content: `{"name":"Bea"}`}); !c.Text || c.Fields != nil {
		t.Fatalf("a note that looks like a profile: %+v", c)
	}
	if c := effect.Diff(&nostr.Event{Content: "a", Tags: nostr.Tags{{"p", "x"}}}, &nostr.Event{Content: "a"}); c.Text || c.Removed != 1 {
		t.Fatalf("the text stayed: %+v", c)
	}
	if c := effect.Diff(profile(`not a profile`), profile(`{"name":"Ana"}`)); len(c.Fields) != 1 || c.Fields[0].From != "" {
		t.Fatalf("%+v", c)
	}
	a := &nostr.Event{Tags: nostr.Tags{{"p", "x"}}}
	if !effect.Same(a, &nostr.Event{Tags: nostr.Tags{{"p", "x"}}}) || effect.Same(a, &nostr.Event{Tags: nostr.Tags{{"p", "x", ""}}}) ||
		effect.Same(&nostr.Event{Content: "a"}, &nostr.Event{Content: "b"}) {
		t.Fatal("same")
	}
	if n := effect.Entries(&nostr.Event{Tags: nostr.Tags{{"d", "x"}, {"title", "y"}, {"name", "y"}, {"description", "y"}, {"image", "y"}, {"alt", "y"}, {"client", "y"}, {"p", "z"}, {"p"}, {}}}); n != 1 {
		t.Fatalf("%d entries", n)
	}
}
