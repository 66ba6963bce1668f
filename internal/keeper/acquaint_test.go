package keeper_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// somebody is a key that is not hers, with what it published.
func (b *bea) somebody() nostr.Keypair {
	b.t.Helper()
	sk, err := nostr.GenerateSecretKey()
	must(b.t, err)
	kp, err := sk.Keypair()
	must(b.t, err)
	return kp
}

func (b *bea) by(kp nostr.Keypair, t nostr.Template) *nostr.Event {
	b.t.Helper()
	e, err := t.Sign(kp, false)
	must(b.t, err)
	return e
}

// codes are the reasons of a question, under "Noted".
func codes(q control.QuestionInfo) []string {
	for _, d := range q.Details {
		if d.Name == "Noted" {
			return strings.FieldsFunc(d.Value, func(r rune) bool { return r == ',' || r == ' ' })
		}
	}
	return nil
}

// Whom a tip goes to is looked up when it is not known: the name, and whether
// the wallet is the one of last week.
func TestTipsKnowWhoIsTipped(t *testing.T) {
	b := newBea(t)
	tom, eve := b.somebody(), b.somebody()
	profile := func(kp nostr.Keypair, ago time.Duration, name string) *nostr.Event {
		return b.by(kp, nostr.Template{Kind: 0, CreatedAt: b.now().Add(-ago).Unix(), Content: `{"name":"` + name + `","lud16":"x@pay.example"}`})
	}
	b.relayHas(homeRelay, profile(tom, 30*24*time.Hour, "Tom"), profile(eve, time.Hour, "Eve"))
	app := b.app("Zap Kitchen", "")
	b.sleep(25 * time.Hour) // it is not young any more
	tip := func(to nostr.Keypair, sats int) string {
		return template(nostr.Template{Kind: 9734, CreatedAt: b.now().Unix(), Tags: nostr.Tags{
			{"p", nostr.PubKey(to.PublicKey()).String()}, {"amount", fmt.Sprint(sats * 1000)}, {"relays", homeRelay},
		}})
	}
	q, _ := app.asks(tip(tom, 900))
	if s := told(q); q.Level != "L2" || !strings.Contains(s, "Tom") || !strings.Contains(s, nostr.PubKey(tom.PublicKey()).String()[:8]) || !strings.Contains(s, "900 sats") {
		t.Fatalf("%s: %s", q.Level, s)
	}
	if q, _ := app.asks(tip(eve, 900)); q.Level != "L3" || !slices.Contains(codes(q), "other-wallet") {
		t.Fatalf("a wallet of today: %s %v: %s", q.Level, codes(q), told(q))
	}
	b.set("names", "Little Tom="+nostr.PubKey(tom.PublicKey()).Npub())
	if q, _ := app.asks(tip(tom, 1001)); q.Level != "L3" || !slices.Contains(codes(q), "over-limit") || !strings.Contains(told(q), "Little Tom") || strings.Contains(told(q), nostr.PubKey(tom.PublicKey()).String()[:8]) {
		t.Fatalf("over the limit: %s %v: %s", q.Level, codes(q), told(q))
	}
}

// An app that writes over the data of another is told to be another.
func TestDataOfAnotherApp(t *testing.T) {
	b := newBea(t)
	one, two := b.app("One", "sign_event:30078"), b.app("Two", "")
	data := func(d, content string) string {
		return template(nostr.Template{Kind: 30078, CreatedAt: b.now().Unix(), Tags: nostr.Tags{{"d", d}}, Content: content})
	}
	if a := one.ask("sign_event", data("settings", "of one")); a.Error != "" {
		t.Fatal(a.Error)
	}
	q, _ := two.asks(data("settings", "of two"))
	if s := told(q); !strings.Contains(s, "One") || !slices.Contains(codes(q), "other-app") {
		t.Fatalf("%v: %s", codes(q), s)
	}
}

// What is deleted is named: the posts are looked for by their ids.
func TestDeletionNamesWhatGoes(t *testing.T) {
	b := newBea(t)
	post := b.event(nostr.Template{Kind: 1, CreatedAt: b.now().Add(-time.Hour).Unix(), Content: "gm, coffee is ready"})
	b.relayHas(homeRelay, post)
	app := b.app("Coracle", "")
	q, _ := app.asks(template(nostr.Template{Kind: 5, CreatedAt: b.now().Unix(), Tags: nostr.Tags{{"e", post.ID.String()}, {"k", "1"}}}))
	if s := told(q) + q.Quote + fmt.Sprint(q.Details); !strings.Contains(s, "coffee is ready") {
		t.Fatal(s)
	}
}
