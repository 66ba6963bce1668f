package keeper_test

import (
	"crypto/sha256"
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

// A payment names whom it pays only when a tip that was asked for lately says
// so, and what is left of the day; what was paid counts (sample G).
func TestPaymentNamesItsPayee(t *testing.T) {
	r := newRig(t)
	bea, wallet := r.other(), r.other()
	r.set("names", "Bea="+bea.pub.Npub())
	c := r.paired(control.InviteArgs{AppName: "Alby Go", Allow: "sign_event:9734"})
	tip := fmt.Sprintf(`{"kind":9734,"created_at":%d,"tags":[["p","%s"],["amount","2100000"],["relays","%s"]],"content":""}`, r.now().Unix(), bea.pub, ownRelay)
	signed := c.ask("sign_event", tip)
	if signed.Error != "" {
		t.Fatal(signed.Error)
	}
	order := func(hash [32]byte) string {
		return wallet.pays(`{"method":"pay_invoice","params":{"invoice":"` + bill(hash) + `"}}`)
	}
	if q, _ := c.asks(order([32]byte{1})); strings.Contains(told(q), "Bea") || !strings.Contains(told(q), "2,100 sats") {
		t.Fatalf("any bill: %s", told(q))
	}
	q, n := c.asks(order(sha256.Sum256([]byte(signed.Result))))
	if s := told(q); !strings.Contains(s, "pay 2,100 sats to Bea from your wallet.") || !strings.Contains(s, "Left for today: 10,000 sats.") {
		t.Fatal(s)
	}
	r.approve(control.AnswerArgs{ID: q.ID})
	if a := c.await(n); a.Error != "" {
		t.Fatal(a.Error)
	}
	if q, _ := c.asks(order([32]byte{2})); !strings.Contains(told(q), "Left for today: 7,900 sats.") {
		t.Fatalf("after a payment: %s", told(q))
	}
}

// bill is an invoice of 2,100 sats that commits to a description's hash; nobody
// here checks its signature.
func bill(hash [32]byte) string {
	const charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	out := []byte("lnbc21u1" + strings.Repeat("q", 7) + "hp5")
	for i := 0; i < 256; i += 5 {
		v := 0
		for b := i; b < i+5; b++ {
			v <<= 1
			if b < 256 && hash[b/8]&(0x80>>(b%8)) != 0 {
				v |= 1
			}
		}
		out = append(out, charset[v])
	}
	return string(out) + strings.Repeat("q", 104+6)
}
