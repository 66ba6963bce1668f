package effect_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nostr"
)

// shapes are what may be signed of any kind: at the thresholds, and one beyond.
func shapes(k nostr.Kind) (rs []*privyseal.Request) {
	with := func(content string, n int, more ...string) {
		tags := []string{"d x", "title One tale", "h room", "k 1", "response 2", "challenge c", "alt a"}
		for _, name := range []string{"p", "e", "r", "relay", "server", "x", "mint", "word"} {
			for i := range n {
				value := map[string]string{"r": "wss://%d.mine.example", "relay": "wss://%d.mine.example", "server": "https://f.%d.example"}[name]
				if value == "" {
					value = "%064x"
				}
				tags = append(tags, name+" "+fmt.Sprintf(value, i+1))
			}
		}
		rs = append(rs, event(k, content, append(tags, more...)...))
	}
	soon := now.Add(time.Hour).Unix()
	with("", 0)
	with("gm", 1, "amount 2100000", "price 100 EUR", "u https://zap.kitchen/in?a=b", "method GET", "t upload", fmt.Sprint("expiration ", soon), "a 30023:"+me.String()+":x")
	with("+", 2, "amount 5000000", "price 10 EUR", "u https://zap.kitchen/in", "method POST", "t media", fmt.Sprint("expiration ", soon+23*3600), "a 0:"+me.String()+":")
	with("-", 3, "amount 5000001", "price 9 USD", "u http://zap.kitchen/in", "method DELETE", "t get", fmt.Sprint("expiration ", soon+23*3600+1), "a 3:"+bea.String()+":", "payload ab")
	with(`{"name":"Bea","about":"hi","lud16":"b@x.example","nip05":"b@y.example","price":1000,"currency":"EUR"}`, 9, "amount -1", "t list", "method PUT", "payload x", "u https://zap.kitchen/")
	with(`{"name":"Ana","display_name":"A","lud06":"lnurl1x","starting_bid":1,"currency":"EUR"}`, 10, "amount x", "t delete", "u https://user@zap.kitchen/")
	with(":cup:", 11, "emoji cup https://f.example/cup.png", "imeta url https://g.example/a.png m image/png", "url https://g.example/a.png", "p "+bea.String()+" illegal")
	with(strings.Repeat("a long text ", 40), 20, "odd "+strings.Repeat("x", 4000), "amount 1000", "response 1", "h other", "d y", "ALL_RELAYS")
	with("21", 21, "odd "+strings.Repeat("x", 4200), "relay ALL_RELAYS", "expiration never", "u", "method", "p "+ours.String())
	for _, off := range []time.Duration{-10 * time.Minute, -10*time.Minute - time.Second, 10 * time.Minute, 11 * time.Minute, 15 * time.Minute, 16 * time.Minute, 30 * time.Second, -61 * time.Second, -48 * time.Hour} {
		rs = append(rs, at(event(k, "gm", "p "+bea.String(), "relay wss://other.example", "challenge c", "u https://zap.kitchen/in", "method GET"), off))
	}
	return rs
}

// known are what may be known, and what may not.
func knownFacts(k nostr.Kind) (fs []effect.Facts) {
	with := func(change func(*effect.Facts)) {
		f := none()
		change(&f)
		fs = append(fs, f)
	}
	list := append(many(12, "p"), append(many(12, "e"), append(many(12, "r"), "price 1 EUR", "title Old tale", "d x")...)...)
	found := func(content string, tags ...string) func(*effect.Facts) {
		return func(f *effect.Facts) {
			f.Head = head(k, content, tags...)
			f.Head.CreatedAt = now.Add(-72 * time.Hour).Unix()
		}
	}
	for _, change := range []func(*effect.Facts){
		func(*effect.Facts) {},
		func(f *effect.Facts) { f.HeadState = effect.HeadUnchecked },
		func(f *effect.Facts) { *f = effect.Facts{Now: now, Own: f.Own} },
		func(f *effect.Facts) { *f = effect.Facts{Now: now} },
		found(`{"name":"Old","about":"was","lud16":"a@x.example","price":100,"currency":"EUR"}`, list...),
		found("an older text that is quite a bit longer than what comes after it", many(22, "p")...),
		found("", "p "+bea.String()),
		found("sealed before", many(4, "p")...),
		func(f *effect.Facts) { f.App.Created = now.Add(-time.Hour); f.Wallet = true },
		func(f *effect.Facts) { f.CheckedHost = "zap.kitchen" },
		func(f *effect.Facts) {
			f.CheckedHost, f.TipLimit, f.PayLimit, f.LeftToday = "other.example", 999, 0, nil
			f.Known, f.Namesake, f.WalletChanged, f.KnownHost, f.Voted, f.RelayListed = nil, nil, nil, nil, nil, nil
		},
		func(f *effect.Facts) {
			f.Namesake = func(string) bool { return true }
			f.WalletChanged, f.Voted = func(nostr.PubKey) bool { return true }, func(string) bool { return true }
			f.Known, f.KnownHost = func(nostr.PubKey) bool { return false }, func(string) bool { return false }
			f.Name = func(pk nostr.PubKey) string { return map[bool]string{true: "Bea"}[pk == bea] }
			f.Petname = func(pk nostr.PubKey) bool { return true }
			f.DataApp = func(nostr.Kind, string) string { return "Damus" }
		},
		func(f *effect.Facts) {
			f.Name = func(nostr.PubKey) string { return "Bea" }
			f.DataApp, f.Recent, f.Petname = nil, nil, nil
			f.Find = func(ref string) *nostr.Event {
				return &nostr.Event{Kind: 1068, Content: "found by " + ref, Tags: nostr.Tags{{"option", "1", "Tea"}, {"option", "2", "Coffee"}, {"title", "Found"}}}
			}
		},
	} {
		with(change)
	}
	for _, n := range []int{2, 3, 4, 5, 9, 10, 29, 30} {
		with(func(f *effect.Facts) { f.Recent = func(nostr.Kind, time.Duration) int { return n } })
	}
	for _, text := range []string{"hi", `[["p","a"],["p","b"]]`, "{}", `{"method":"pay_invoice","params":{"invoice":"lnbc21u1pexample"}}`, `{"method":"pay_keysend","params":{"amount":5000000}}`,
		`{"method":"get_balance"}`, `{"method":"multi_pay_invoice","params":{"invoices":[{"invoice":"lnbc21u1pexample"},{"invoice":"lnbc2m1pexample"}]}}`,
		`{"kind":14,"content":"hi","tags":[],"pubkey":"` + bea.String() + `"}`, `[{"amount":21,"secret":"x","C":"y","id":"z"}]`, `{"mint":"https://m.example","proofs":[{"amount":2},{"amount":3}]}`} {
		with(func(f *effect.Facts) {
			f.Opened, f.Inner, f.HeadPrivate = &text, &text, &text
			f.Sealed = func(string) (string, nostr.PubKey, bool) { return text, bea, true }
			f.Echoes = func(s string) bool { return s == "gm" }
			f.Payee = func(string) string { return "Bea" }
			f.Head = head(k, "sealed before", "p a")
		})
	}
	return fs
}

// dump writes an effect in full.
func dump(w io.Writer, name string, e effect.Effect) {
	raw, err := json.Marshal(e)
	fmt.Fprintln(w, name, string(raw), err, e.Scopes())
}

// Every effect of every kind, as one number for each: what changes is seen in
// review, and told here in full.
func TestEveryEffectOfEveryKind(t *testing.T) {
	const file = "testdata/effects.golden"
	was := map[string]string{}
	if raw, err := os.ReadFile(file); err == nil {
		for line := range strings.Lines(string(raw)) {
			name, sum, _ := strings.Cut(strings.TrimSpace(line), " ")
			was[name] = sum
		}
	}
	var out strings.Builder
	told := 0
	row := func(name string, all func(io.Writer)) {
		h := sha256.New()
		all(h)
		sum := fmt.Sprintf("%x", h.Sum(nil))[:16]
		fmt.Fprintf(&out, "%s %s\n", name, sum)
		if *update || was[name] == sum {
			return
		}
		t.Errorf("%s: the effect changed; if that is meant: go test ./internal/effect -update", name)
		if told++; told <= 3 {
			var text strings.Builder
			all(&text)
			t.Log(text.String())
		}
	}
	kinds := []nostr.Kind{2999, 9999, 13999, 25000, 33999, 65535}
	for _, r := range effect.Kinds() {
		kinds = append(kinds, r.From, r.To)
	}
	slices.Sort(kinds)
	seen := map[uintptr]int{}
	for _, k := range slices.Compact(kinds) {
		seen[effect.CheckOf(k)]++
		alike := seen[effect.CheckOf(k)] > 2 // weighed as those before: a few will do
		row(fmt.Sprint(k), func(w io.Writer) {
			shapes := shapes(k)
			for i, f := range knownFacts(k) {
				for j, r := range shapes {
					if i > 12 && j > 9 || alike && (i > 3 || j > 3) { // a date matters beside few facts
						break
					}
					dump(w, fmt.Sprintf("kind %d, facts %d, shape %d", k, i, j), effect.Of(r, f))
				}
			}
			host, relay := effect.Placed(k)
			fmt.Fprintln(w, "placed", host, relay)
		})
	}
	for op := privyseal.OpUnknown; op <= privyseal.OpLogout+1; op++ {
		row(fmt.Sprintf("operation-%d", op), func(w io.Writer) {
			for i, f := range knownFacts(13) {
				for j, peer := range []nostr.PubKey{{}, bea, ours, me} {
					for _, text := range []string{"", "hi", "sealed"} {
						dump(w, fmt.Sprintf("%s, facts %d, peer %d, %q", op, i, j, text), effect.Of(&privyseal.Request{Op: op, Peer: peer, Text: text}, f))
					}
				}
			}
		})
	}
	if *update {
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
