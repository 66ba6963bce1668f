package effect_test

import (
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nostr"
)

// Tags without a value are nothing, and end nothing.
func TestTagsWithoutAValue(t *testing.T) {
	bare := nostr.Tags{{}, {"e"}, {"a"}, {"p"}, {"relay"}, {"d"}, {"u"}, {"proof"}, {"price"}}
	for k := range nostr.Kind(41_000) {
		effect.Of(&privyseal.Request{Op: privyseal.OpSignEvent, Template: &nostr.Template{Kind: k, CreatedAt: now.Unix(), Tags: bare}}, facts())
	}
	if e := effect.Of(event(5, "", "e", "a"), facts()); e.Summary.Items != 0 {
		t.Errorf("%d things are deleted", e.Summary.Items)
	}
	// What must be there once is not there once when it is there without a value, too.
	if e := effect.Of(event(27235, "", "u", "u https://zap.kitchen/in", "method GET"), facts()); e.Blocked != "bad-login" {
		t.Errorf("blocked: %q", e.Blocked)
	}
}

func TestADeletionOfWhatIsAtTheCore(t *testing.T) {
	for kind, want := range map[nostr.Kind]bool{0: true, 3: true, 10002: true, 1: false, 10003: false} {
		f := facts()
		f.Find = func(ref string) *nostr.Event {
			if ref == "it" {
				return head(kind, "")
			}
			return head(1, "")
		}
		for _, tags := range [][]string{{"e it"}, {"e it", "e other"}, {"e other", "e it"}} {
			if e := effect.Of(event(5, "", tags...), f); strings.Contains(codes(e), "deletes-core") != want {
				t.Errorf("kind %d, %v: %q", kind, tags, codes(e))
			}
		}
	}
}

// A relay is named by its host, and one whose address is none by what stands there.
func TestPlacesThatAreStrange(t *testing.T) {
	all := facts()
	all.RelayListed = func(string) bool { return true }
	for relay, c := range map[string]struct {
		f    effect.Facts
		want string
	}{
		"ws://b.example":  {facts(), "b.example"},
		"wss://b.example": {facts(), "b.example"},
		"b!example":       {all, "b!example"},
		"ws://c.example":  {all, ""},
	} {
		f := c.f
		f.Head = head(10002, "", "r wss://a.mine.example")
		got := ""
		for _, r := range effect.Of(event(10002, "", "r wss://a.mine.example", "r "+relay), f).Reasons {
			if r.Code == "new-place" {
				got = r.Text
			}
		}
		if got != c.want {
			t.Errorf("%s: %q", relay, got)
		}
	}
}

// Half of just ten entries gone has to be typed: it is many.
func TestHalfOfTen(t *testing.T) {
	f := facts()
	f.Head = head(3, "", many(10, "p")...)
	for left, want := range map[int]int{4: 6, 5: 0} {
		if e := effect.Of(event(3, "", many(left, "p")...), f); e.Summary.Type != want {
			t.Errorf("%d are left: %d has to be typed", left, e.Summary.Type)
		}
	}
}

// Up to a fifth of a list may go unasked.
func TestAFifthOfAList(t *testing.T) {
	for before, want := range map[int]bool{24: true, 25: false} {
		f := facts()
		f.Head = head(10003, "", many(before, "e")...)
		if e := effect.Of(event(10003, "", many(before-5, "e")...), f); (e.Guard == "removes-many") != want {
			t.Errorf("5 of %d: guard %q", before, e.Guard)
		}
	}
}

// Nothing is lost of a list that was empty, or whose text was no hidden part; and
// another key for tips is a change.
func TestListsThatLoseNothing(t *testing.T) {
	f := facts()
	f.Head = head(10003, "")
	if e := effect.Of(event(10003, ""), f); e.Guard != "" {
		t.Errorf("nothing before: guard %q", e.Guard)
	}
	f.Head = head(10003, "", "e a", "e b")
	if e := effect.Of(event(10003, "sealed"), f); e.Guard == "empties" {
		t.Errorf("all of it is hidden now: guard %q", e.Guard)
	}
	f.Head = head(10011, "text", "i x")
	if e := effect.Of(event(10011, "", "i x"), f); e.Guard != "" {
		t.Errorf("no hidden part: guard %q", e.Guard)
	}
	f.Head = head(10019, "", "mint m", "pubkey a")
	if s := effect.Of(event(10019, "", "mint m", "pubkey b"), f).Summary; s.Removed != 1 || s.Added != 1 {
		t.Errorf("another key: %+v", s)
	}
}

// Only what is signed for one relay or one host has it for its scope.
func TestScopesOfOtherThings(t *testing.T) {
	for _, e := range []effect.Effect{
		{Op: privyseal.OpPing, Kind: 22242, Relay: "wss://a.example", Host: "a.example"},
		{Op: privyseal.OpSignEvent, Kind: 1, Relay: "wss://a.example", Host: "a.example"},
		{Op: privyseal.OpSignEvent, Kind: 22242, Host: "a.example"},
		{Op: privyseal.OpSignEvent, Kind: 27235},
	} {
		if got := e.Scopes(); got != nil {
			t.Errorf("%v of kind %d: %q", e.Op, e.Kind, got)
		}
	}
}

func TestAWebLoginThatReads(t *testing.T) {
	for method, want := range map[string]effect.Act{
		"GET": effect.ActWebLogin, "HEAD": effect.ActWebLogin, "head": effect.ActWebLogin,
		"DELETE": effect.ActWebDelete, "POST": effect.ActWebChange, "HEADS": effect.ActWebChange,
	} {
		if e := effect.Of(event(27235, "", "u https://zap.kitchen/in", "method "+method), facts()); e.Act != want {
			t.Errorf("%s: %s", method, e.Act)
		}
	}
	for host, want := range map[string]bool{
		"http://127.0.0.1": true, "http://[::1]": true, "http://localhost": true,
		"http://192.168.1.1": false, "http://8.8.8.8": false, "http://[2001:db8::1]": false, "http://localhost.example": false, "ftp://localhost": false,
	} {
		if _, ok := effect.SecureHost(host + "/"); ok != want {
			t.Errorf("%s: %v", host, ok)
		}
	}
}

// Who opens a message of their own is told whom it went to.
func TestOnesOwnMessage(t *testing.T) {
	f, text := facts(), `{"kind":14,"content":"hi","pubkey":"`+me.String()+`","tags":[["p","`+bea.String()+`"]]}`
	f.Opened = &text
	if e := effect.Of(&privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: me}, f); e.Person != bea {
		t.Errorf("to %v", e.Person)
	}
	text = strings.Replace(text, me.String(), ours.String(), 1)
	if e := effect.Of(&privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: ours}, f); e.Person != ours {
		t.Errorf("another's message is to %v", e.Person)
	}
}

// An empty post is nothing that was private.
func TestNothingIsNoEcho(t *testing.T) {
	f := facts()
	f.Echoes = func(string) bool { return true }
	if e := effect.Of(event(1, ""), f); e.Blocked != "" {
		t.Errorf("blocked: %s", e.Blocked)
	}
	if e := effect.Of(event(1, "gm"), f); e.Blocked != effect.ReasonEcho {
		t.Errorf("blocked: %q", e.Blocked)
	}
	f.Echoes = func(text string) bool { return text == "a secret of two" }
	if e := effect.Of(event(1, "gm"), f); e.Blocked != "" {
		t.Errorf("blocked: %s", e.Blocked)
	}
}
