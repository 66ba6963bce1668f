package keeper_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip04"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// hides is a list's private part: so many people, sealed for bea herself.
func (b *bea) hides(n int) string {
	b.t.Helper()
	me := b.key.PublicKey()
	ck, err := nip44.NewConversationKey(b.key, (*[32]byte)(&me))
	must(b.t, err)
	out, err := nip44.Encrypt(&ck, people(n))
	must(b.t, err)
	return out
}

// mutes is a list of whom she mutes: nobody that all can see but two.
func (b *bea) mutes(ago time.Duration, hidden string) nostr.Template {
	return nostr.Template{
		Kind: 10000, CreatedAt: b.now().Add(-ago).Unix(), Content: hidden,
		Tags: nostr.Tags{{"p", strings.Repeat("ab", 32)}, {"p", strings.Repeat("cd", 32)}},
	}
}

// opened counts what was opened in order to ask.
func (b *bea) opened() (n int) {
	for _, rec := range b.entries() {
		if rec.Detail == "opened-to-ask" {
			n++
		}
	}
	return n
}

// The private part of a list counts with the rest: what would go is told, also
// of an app that may change the list, and opened on record first.
func TestPrivatePartsOfListsAreCounted(t *testing.T) {
	b := newBea(t)
	b.relayHas(homeRelay, b.event(b.mutes(time.Hour, b.hides(30))))
	app := b.app("Mutes", "sign_event:10000")
	if a := app.ask("sign_event", template(b.mutes(0, b.hides(31)))); a.Error != "" {
		t.Fatalf("one more: %s", a.Error)
	}
	if b.opened() != 1 {
		t.Fatalf("opened %d times", b.opened())
	}
	entries := b.entries()
	for i, rec := range entries {
		if rec.Detail == "opened-to-ask" && (entries[i+1].Verdict != "allow" || entries[i+1].Event != rec.Event) {
			t.Fatalf("%+v", entries)
		}
	}
	q, n := app.asks(template(b.mutes(0, b.hides(4))))
	if s := told(q); q.Level != "L3" || q.Reason != "guard" || q.Type != "27" || !strings.Contains(s, "27 removed") || strings.Contains(s, "private") {
		t.Fatalf("%s %s: %s (%+v)", q.Level, q.Reason, s, q)
	}
	mustCall[control.QuestionInfo](b.rig, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	app.await(n)
	if q, n = app.asks(template(b.mutes(0, ""))); q.Type != "31" {
		t.Fatalf("all of it: %+v", q)
	}
	mustCall[control.QuestionInfo](b.rig, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	app.await(n)
	b.stop()
	b.nowhere(fmt.Sprintf("%064x", 30)) // a person in it
}

// An old private part (NIP-04) counts as well; what does not open is said to be
// private; and what does not change is not opened.
func TestPrivatePartsThatDoNotOpen(t *testing.T) {
	b := newBea(t)
	me := b.key.PublicKey()
	shared, err := nip04.NewSharedKey(b.key, (*[32]byte)(&me))
	must(t, err)
	old, err := nip04.Encrypt(&shared, people(20))
	must(t, err)
	b.relayHas(homeRelay, b.event(b.mutes(time.Hour, old)))
	app := b.app("Mutes", "sign_event:10000")
	if q, _ := app.asks(template(b.mutes(0, b.hides(1)))); q.Type != "19" {
		t.Fatalf("%+v", q)
	}

	c := newBea(t)
	foreign := b.hides(30) // sealed by somebody else
	c.relayHas(homeRelay, c.event(c.mutes(time.Hour, foreign)))
	app = c.app("Mutes", "")
	q, n := app.asks(template(c.mutes(0, c.hides(1))))
	if s := told(q); !strings.Contains(s, "Part of it is private and not shown.") || q.Type != "" {
		t.Fatalf("%s", s)
	}
	mustCall[control.QuestionInfo](c.rig, control.VerbRequestsDeny, control.AnswerArgs{ID: q.ID})
	app.await(n)
	before := c.opened()
	same := c.mutes(0, foreign)
	same.Tags = append(same.Tags, nostr.Tag{"p", strings.Repeat("ef", 32)})
	q, _ = app.asks(template(same))
	if c.opened() != before || before != 1 {
		t.Fatalf("opened %d times, then %d: %s", before, c.opened(), told(q))
	}
}
