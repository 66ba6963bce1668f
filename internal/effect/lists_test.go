package effect_test

import (
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nostr"
)

// What a person must type to go on: the number that goes, when it is more than
// half of ten or more, or all.
func TestWhatMustBeTyped(t *testing.T) {
	for name, c := range map[string]struct{ before, after, want int }{
		"one of ten": {10, 9, 0}, "half of twenty": {20, 10, 0}, "more than half": {20, 9, 11}, "most of nine": {9, 1, 0},
		"all of three": {3, 0, 3}, "none of none": {0, 0, 0}, "sample B": {340, 28, 312},
	} {
		f := facts()
		f.Head = head(3, "", many(c.before, "p")...)
		if got := effect.Of(event(3, "", many(c.after, "p")...), f).Summary.Type; got != c.want {
			t.Errorf("%s: type %d, want %d", name, got, c.want)
		}
	}
}

func TestDifferences(t *testing.T) {
	f := facts()
	f.Name = func(pk nostr.PubKey) string { return map[nostr.PubKey]string{bea: "Bea"}[pk] }
	f.Petname = func(pk nostr.PubKey) bool { return pk == bea }
	f.Head = head(3, "", "p "+ours.String(), "p x", "p x")
	e := effect.Of(event(3, "", "p x", "p "+bea.String(), "p "+bea.String()), f)
	s := e.Summary
	if !s.Known || s.Added != 1 || s.Removed != 1 || s.Before != 2 || s.Items != 2 || !e.Undo {
		t.Errorf("%+v undo %v", s, e.Undo)
	}
	if len(s.New) != 1 || s.New[0].Who != (effect.Who{Key: bea, Name: "Bea", Petname: true}) || len(s.Gone) != 1 || s.Gone[0].Who.Key != ours {
		t.Errorf("new %+v, gone %+v", s.New, s.Gone)
	}
	f.Head = head(3, "", many(40, "p")...)
	if got := effect.Of(event(3, ""), f).Summary; len(got.Gone) != 5 || got.Removed != 40 {
		t.Errorf("%d named of %d", len(got.Gone), got.Removed)
	}
}

// The private part of a list counts when both sides can be read.
func TestPrivateParts(t *testing.T) {
	private := `[["p","c"],["p","d"]]`
	sealed := func(text string) effect.Facts {
		f := facts()
		f.Sealed = func(c string) (string, nostr.PubKey, bool) { return text, me, c == "new" }
		f.Head = head(10000, "old", "p a", "p b")
		return f
	}
	both := sealed(`[["p","c"]]`)
	both.HeadPrivate = &private
	if e := effect.Of(event(10000, "new", "p a", "p b"), both); e.Summary.Removed != 1 || e.Summary.Before != 4 || codes(e) != "" {
		t.Errorf("both read: %+v, %q", e.Summary, codes(e))
	}
	one := sealed(`[["p","c"]]`)
	if e := effect.Of(event(10000, "new", "p a", "p b"), one); e.Summary.Before != 2 || codes(e) != "private-part unseen" || e.Level != privyseal.L2 {
		t.Errorf("one read: %+v, %q", e.Summary, codes(e))
	}
	if e := effect.Of(event(10000, "old", "p a", "p b"), one); codes(e) != "private-part" || e.Level != privyseal.L1 {
		t.Errorf("the same as before: %q", codes(e))
	}
}

func TestOtherApps(t *testing.T) {
	f := none()
	f.DataApp = func(k nostr.Kind, d string) string { return map[string]string{"theirs": "Damus"}[d] }
	for name, c := range map[string]struct {
		r     *nostrRequest
		act   effect.Act
		level string
		codes string
	}{
		"own settings":   {event(30078, "{}", "d mine"), effect.ActAppData, "L1", ""},
		"their settings": {event(30078, "{}", "d theirs"), effect.ActAppDataOther, "L2", "other-app"},
		"own set":        {event(30000, "", "d mine", "p a"), effect.ActPeopleSet, "L1", ""},
		"their set":      {event(30000, "", "d theirs", "p a"), effect.ActPeopleSet, "L2", "other-app"},
	} {
		if e := effect.Of(c.r, f); e.Act != c.act || e.Level.String() != c.level || codes(e) != c.codes {
			t.Errorf("%s: %s at %v, %q", name, e.Act, e.Level, codes(e))
		}
	}
	f.DataApp = nil
	if e := effect.Of(event(30078, "{}", "d mine"), f); e.Act != effect.ActAppData || e.Level != privyseal.L2 || codes(e) != "maybe-other-app" {
		t.Errorf("not known: %s at %v, %q", e.Act, e.Level, codes(e))
	}
}

// A follow list that nobody found is not taken for none: relays may be wrong.
func TestListsThatWereNotFound(t *testing.T) {
	if e := effect.Of(event(3, "", many(5, "p")...), none()); e.Level != privyseal.L3 || codes(e) != "unchecked" {
		t.Errorf("follows: %v, %q", e.Level, codes(e))
	}
	if e := effect.Of(event(10003, "", many(5, "e")...), none()); e.Level != privyseal.L1 || e.Summary.Added != 5 || e.Undo {
		t.Errorf("bookmarks: %v, %+v", e.Level, e.Summary)
	}
}

func TestProfileFields(t *testing.T) {
	f := facts()
	f.Head = head(0, `{"name":"Ana","about":"x","lud16":"a@x.example","bot":true}`)
	e := effect.Of(event(0, `{"name":"Ana","picture":"p","lud16":"b@x.example","nip05":"ana@bank.example"}`), f)
	want := []effect.Field{{Name: "about", From: "x"}, {Name: "lud16", From: "a@x.example", To: "b@x.example"}, {Name: "nip05", To: "ana@bank.example"}, {Name: "picture", To: "p"}}
	if len(e.Summary.Changes) != len(want) {
		t.Fatalf("%+v", e.Summary.Changes)
	}
	for i, c := range e.Summary.Changes {
		if c != want[i] {
			t.Errorf("%+v, want %+v", c, want[i])
		}
	}
	if codes(e) != "erases wallet nip05" || e.Guard != effect.ReasonErases {
		t.Errorf("%q, guard %q", codes(e), e.Guard)
	}
	f.Namesake = func(name string) bool { return name != "Ana" }
	for what, c := range map[string]struct{ before, after, codes string }{
		"somebody's name":   {`{"name":"Ana"}`, `{"name":"Bea"}`, "namesake"},
		"one's own name":    {`{"name":"Bea"}`, `{"name":"Bea","about":"x"}`, ""},
		"no more name":      {`{"name":"Ana","about":"x"}`, `{"about":"x"}`, "erases"},
		"no more address":   {`{"nip05":"ana@bank.example","about":"x"}`, `{"about":"x"}`, "erases"},
		"the same address":  {`{"nip05":"ana@bank.example"}`, `{"nip05":"ana@bank.example","about":"x"}`, ""},
		"first tips":        {`{"name":"Ana"}`, `{"name":"Ana","lud16":"a@x.example"}`, ""},
		"no more tips":      {`{"name":"Ana","lud16":"a@x.example"}`, `{"name":"Ana"}`, "erases"},
		"tips the old way":  {`{"lud06":"lnurl1a"}`, `{"lud06":"lnurl1b"}`, "wallet"},
		"tips of both ways": {`{"lud06":"lnurl1a","lud16":"a@x.example"}`, `{"lud06":"lnurl1b","lud16":"a@x.example"}`, ""},
	} {
		f.Head = head(0, c.before)
		if e := effect.Of(event(0, c.after), f); codes(e) != c.codes {
			t.Errorf("%s: %v, %q", what, e.Level, codes(e))
		}
	}
	if broken, first := effect.Of(event(0, "Ana"), f), effect.Of(event(0, "Ana"), none()); !broken.Undo || first.Summary.Known {
		t.Errorf("undo %v, known %v", broken.Undo, first.Summary.Known)
	}
}

// What was opened as private is not published a moment later.
func TestPrivateTextStaysPrivate(t *testing.T) {
	f := facts()
	f.Echoes = func(text string) bool { return text == "see you at six" }
	if e := effect.Of(event(1, "see you at six"), f); e.Blocked != effect.ReasonEcho {
		t.Errorf("published: %q", e.Blocked)
	}
	if e := effect.Of(event(4, "see you at six", "p "+bea.String()), f); e.Blocked != "" {
		t.Errorf("a private message: %q", e.Blocked)
	}
}

// Every list whose content is a private part is one that is opened to count it.
func TestListsThatHideAPart(t *testing.T) {
	for k := range nostr.Kind(41_000) {
		f := facts()
		f.Head = head(k, "sealed", "p a", "d x")
		f.Head.Kind = k
		told := strings.Contains(codes(effect.Of(event(k, "another", "p a", "d x"), f)), "private-part")
		if told != effect.HidesPart(k) {
			t.Errorf("kind %d: told %v, opened %v", k, told, effect.HidesPart(k))
		}
	}
}

// A private part that is no list of tags is not taken for an empty one.
func TestPrivatePartsThatAreNoList(t *testing.T) {
	f := facts()
	f.Head = head(10003, "old", "e a")
	for _, private := range []string{"", "x", "{}", `"[]"`, "[1]"} {
		f.HeadPrivate = &private
		f.Sealed = func(string) (string, nostr.PubKey, bool) { return "[]", me, true }
		if got := codes(effect.Of(event(10003, "new", "e a"), f)); got != "private-part" {
			t.Errorf("before %q: %q", private, got)
		}
		f.HeadPrivate = new("[]")
		f.Sealed = func(string) (string, nostr.PubKey, bool) { return private, me, true }
		if got := codes(effect.Of(event(10003, "new", "e a"), f)); got != "private-part" {
			t.Errorf("after %q: %q", private, got)
		}
	}
	f.HeadPrivate = new(`[["e","b"]]`)
	if got := effect.Of(event(10003, "", "e a"), f); got.Summary.Removed != 1 || got.Guard != "private-gone" {
		t.Errorf("gone: %+v", got)
	}
}
