package login_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/login"
	"github.com/privyseal/privyseal/nostr"
)

var update = flag.Bool("update", false, "write the vectors anew")

// vector is one event and what a backend must make of it.
type vector struct {
	Name      string          `json:"name"`
	Event     json.RawMessage `json:"event"`
	Now       int64           `json:"now"`       // the server's clock
	URL       string          `json:"u"`         // that the event must name
	Method    string          `json:"method"`    // likewise
	Accept    bool            `json:"accept"`    // if so:
	PubKey    string          `json:"pubkey"`    // who signed, and
	Challenge string          `json:"challenge"` // what is still to be spent, once, for the browser that asked
	Reason    string          `json:"reason"`    // if not
}

const vectorsFile = "testdata/vectors.json"

// The vectors are for backends in other languages (docs/login.md).
func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	raw, err := os.ReadFile(filepath.FromSlash(vectorsFile))
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(raw, &all); err != nil || len(all) < 10 {
		t.Fatalf("%d vectors: %v", len(all), err)
	}
	for _, v := range all {
		key, nonce, err := login.Verify(v.Event, v.URL, v.Method, time.Unix(v.Now, 0))
		switch r, _ := err.(*login.Refusal); {
		case v.Accept && (err != nil || key.String() != v.PubKey || nonce != v.Challenge):
			t.Errorf("%s: %v, %v, %v", v.Name, key, nonce, err)
		case !v.Accept && (r == nil || string(r.Reason) != v.Reason):
			t.Errorf("%s: %v, want %s", v.Name, err, v.Reason)
		}
	}
}

func writeVectors(t *testing.T) {
	sk, err := nostr.ParseSecretKey(strings.Repeat("01", 32))
	if err != nil {
		t.Fatal(err)
	}
	kp, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	const now, address = 1_790_000_000, "https://app.example" + login.VerifyPath
	nonce := strings.Repeat("c0ffee42", 8)
	var all []vector
	add := func(name, reason string, change func(*nostr.Template), after ...func(string) string) {
		e := nostr.Template{CreatedAt: now, Kind: login.KindLogin, Tags: nostr.Tags{{"u", address}, {"method", login.Method}, {"challenge", nonce}}}
		change(&e)
		signed, err := e.Sign(kp, true)
		if err != nil {
			t.Fatal(err)
		}
		text := string(signed.AppendJSON(nil))
		for _, f := range after {
			text = f(text)
		}
		v := vector{Name: name, Event: json.RawMessage(text), Now: now, URL: address, Method: login.Method, Accept: reason == "", Reason: reason}
		if v.Accept {
			v.PubKey, v.Challenge = nostr.PubKey(kp.PublicKey()).String(), nonce
		}
		all = append(all, v)
	}
	same := func(*nostr.Template) {}
	tags := func(extra ...nostr.Tag) func(*nostr.Template) {
		return func(e *nostr.Template) { e.Tags = append(e.Tags, extra...) }
	}
	set := func(i int, value string) func(*nostr.Template) {
		return func(e *nostr.Template) { e.Tags[i][1] = value }
	}
	at := func(d int64) func(*nostr.Template) { return func(e *nostr.Template) { e.CreatedAt += d } }
	add("right", "", same)
	add("with content and other tags", "", func(e *nostr.Template) { e.Content = "Sign in"; tags(nostr.Tag{"client", "x"})(e) })
	add("a minute behind", "", at(-60))
	add("a minute ahead", "", at(60))
	add("stale", "clock", at(-61))
	add("from the future", "clock", at(61))
	add("another kind", "wrong-kind", func(e *nostr.Template) { e.Kind = 22242 })
	add("another site", "wrong-site", set(0, "https://evil.example"+login.VerifyPath))
	add("a site whose name begins alike", "wrong-site", set(0, "https://app.example.evil.example"+login.VerifyPath))
	add("plain http", "wrong-site", set(0, strings.Replace(address, "https", "http", 1)))
	add("with a query", "wrong-site", set(0, address+"?x"))
	add("another method", "wrong-site", set(1, "POST"))
	add("method in small letters", "wrong-site", set(1, "get"))
	add("no challenge", "malformed", func(e *nostr.Template) { e.Tags = e.Tags[:2] })
	add("two addresses", "malformed", tags(nostr.Tag{"u", "https://evil.example"}))
	add("two challenges", "malformed", tags(nostr.Tag{"challenge", "x"}))
	add("altered content", "forged", same, func(s string) string { return strings.Replace(s, `"content":""`, `"content":"x"`, 1) })
	add("altered time", "forged", same, func(s string) string { return strings.Replace(s, `1790000000`, `1790000001`, 1) })
	add("another author", "forged", same, func(s string) string {
		return strings.Replace(s, nostr.PubKey(kp.PublicKey()).String(), strings.Repeat("2", 64), 1)
	})
	raw, err := json.MarshalIndent(all, "", "  ")
	if err == nil {
		err = os.WriteFile(filepath.FromSlash(vectorsFile), append(raw, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
