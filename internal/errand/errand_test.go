package errand_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/errand"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nostr"
)

var author = func() nostr.Keypair {
	sk, err := nostr.ParseSecretKey(strings.Repeat("1", 64))
	if err != nil {
		panic(err)
	}
	kp, err := sk.Keypair()
	if err != nil {
		panic(err)
	}
	return kp
}()

func signed(t *testing.T, kind nostr.Kind, at int64, content string) *nostr.Event {
	t.Helper()
	e, err := (&nostr.Template{Kind: kind, CreatedAt: at, Content: content}).Sign(author, false)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// run runs one errand and gathers its answers.
func run(t *testing.T, ctx context.Context, m control.Message) (out []control.Message) {
	t.Helper()
	var mu sync.Mutex
	errand.New(errand.Options{}).Run(ctx, m, func(a control.Message) {
		mu.Lock()
		defer mu.Unlock()
		out = append(out, a)
	})
	return out
}

func fetch(urls ...string) *control.Fetch {
	f := &control.Fetch{Ref: 7, Limit: 10, Filters: []nostr.Filter{{Authors: []nostr.PubKey{author.PublicKey()}, Kinds: []nostr.Kind{0, 3}}}}
	for _, u := range urls {
		f.Relays = append(f.Relays, control.Place{URL: u, Typed: true})
	}
	return f
}

func one(t *testing.T, m control.Message) *control.Fetched {
	t.Helper()
	out := run(t, t.Context(), m)
	if len(out) != 1 {
		t.Fatalf("%d answers", len(out))
	}
	return out[0].(*control.Fetched)
}

func TestFetchBringsWhatMatches(t *testing.T) {
	relay := new(linktest.Relay)
	want := signed(t, 3, 100, "")
	relay.Store(want)
	relay.Store(signed(t, 1, 100, "a note"))
	url := relay.Start(t)
	got := one(t, fetch(url))
	if got.Ref != 7 || got.Relay != url || !got.Complete || got.Reason != "" || len(got.Events) != 1 || string(got.Events[0]) != string(want.AppendJSON(nil)) {
		t.Fatalf("%+v", got)
	}
}

// What a relay pushes without being asked is not brought.
func TestFetchLeavesWhatNobodyAskedFor(t *testing.T) {
	relay := &linktest.Relay{OnReq: func(c *linktest.Client, sub string, _ []nostr.Filter) string {
		other := signed(t, 1, 100, "a note")
		c.Send(nostr.RelayMessage{Label: nostr.LabelEvent, SubID: sub, Event: other})
		c.Send(nostr.RelayMessage{Label: nostr.LabelEvent, SubID: "other", Event: signed(t, 3, 1, "")})
		return ""
	}}
	if got := one(t, fetch(relay.Start(t))); len(got.Events) != 0 || !got.Complete {
		t.Fatalf("%+v", got)
	}
}

func TestFetchIsBounded(t *testing.T) {
	many := &linktest.Relay{}
	for i := range 20 {
		many.Store(signed(t, 3, int64(i), ""))
	}
	got := one(t, fetch(many.Start(t)))
	if got.Complete || len(got.Events) != 10 || got.Reason == "" {
		t.Fatalf("more than was asked for: complete %v, %d events, %q", got.Complete, len(got.Events), got.Reason)
	}
	big := &linktest.Relay{}
	for i := range 8 {
		big.Store(signed(t, 3, int64(i), strings.Repeat("x", 700_000)))
	}
	got = one(t, fetch(big.Start(t)))
	if got.Complete || len(got.Events) != control.MaxErrandBytes/700_000 {
		t.Fatalf("more bytes than one errand may bring: complete %v, %d events", got.Complete, len(got.Events))
	}
	noise := &linktest.Relay{OnReq: func(c *linktest.Client, sub string, _ []nostr.Filter) string {
		raw := (&nostr.RelayMessage{Label: nostr.LabelNotice, Message: "noise"}).AppendJSON(nil)
		for range 300 {
			c.SendRaw(raw)
		}
		return linktest.Ignore
	}}
	if got := one(t, fetch(noise.Start(t))); got.Complete || !strings.Contains(got.Reason, "nobody asked") {
		t.Fatalf("%+v", got)
	}
}

func TestFetchSaysWhyNot(t *testing.T) {
	closed := &linktest.Relay{OnReq: func(*linktest.Client, string, []nostr.Filter) string { return "auth-required: who are you" }}
	if got := one(t, fetch(closed.Start(t))); got.Complete || !strings.Contains(got.Reason, "auth-required") {
		t.Fatalf("%+v", got)
	}
	private := fetch("ws://10.0.0.1:4646")
	private.Relays[0].Typed = false
	if got := one(t, private); got.Complete || !strings.Contains(got.Reason, "not allowed") {
		t.Fatalf("%+v", got)
	}
	if got := one(t, fetch("ws://127.0.0.1:1")); got.Complete || got.Reason == "" {
		t.Fatalf("%+v", got)
	}
	silent := &linktest.Relay{OnReq: func(*linktest.Client, string, []nostr.Filter) string { return linktest.Ignore }}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	out := run(t, ctx, fetch(silent.Start(t)))
	if got := out[0].(*control.Fetched); got.Complete || got.Reason != "no answer in time" {
		t.Fatalf("%+v", got)
	}
}

// Every relay has an answer, whatever the others do.
func TestEachRelayAnswers(t *testing.T) {
	var urls []string
	for i := range 5 {
		relay := &linktest.Relay{}
		relay.Store(signed(t, 3, int64(i), fmt.Sprint(i)))
		urls = append(urls, relay.Start(t))
	}
	urls = append(urls, "ws://127.0.0.1:1")
	complete := 0
	var from []string
	for _, m := range run(t, t.Context(), fetch(urls...)) {
		got := m.(*control.Fetched)
		from = append(from, got.Relay)
		if got.Complete {
			complete++
		}
	}
	slices.Sort(from)
	slices.Sort(urls)
	if complete != 5 || !slices.Equal(from, urls) {
		t.Fatalf("%d complete, of %v", complete, from)
	}
}

func TestPost(t *testing.T) {
	e := signed(t, 3, 100, "")
	taking := new(linktest.Relay)
	full := &linktest.Relay{OnEvent: func(*linktest.Client, *nostr.Event) (bool, string, bool) { return false, "blocked: no", false }}
	m := &control.Post{Ref: 9, Event: e.AppendJSON(nil), Relays: []control.Place{
		{URL: taking.Start(t), Typed: true}, {URL: full.Start(t), Typed: true}, {URL: "ws://127.0.0.1:1", Typed: true},
	}}
	got := map[string]control.Posted{}
	for _, a := range run(t, t.Context(), m) {
		p := *a.(*control.Posted)
		got[p.Relay] = p
	}
	want := map[string]control.Posted{
		m.Relays[0].URL: {Ref: 9, Relay: m.Relays[0].URL, Sent: true, OK: true},
		m.Relays[1].URL: {Ref: 9, Relay: m.Relays[1].URL, Sent: true, Reason: "blocked: no"},
		m.Relays[2].URL: {Ref: 9, Relay: m.Relays[2].URL, Reason: "it could not be reached"},
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%+v, want %+v", got, want)
	}
	if log := taking.Log(nostr.LabelEvent); len(log) != 1 || log[0].Event.ID != e.ID {
		t.Fatalf("the relay got %v", log)
	}
	m.Event = json.RawMessage(`{}`)
	for _, a := range run(t, t.Context(), m) {
		if p := a.(*control.Posted); p.Sent || p.Reason != "not an event" {
			t.Fatalf("%+v", p)
		}
	}
}

func TestOthersAreNoErrands(t *testing.T) {
	if out := run(t, t.Context(), &control.Renew{Relay: "ws://127.0.0.1:1"}); out != nil {
		t.Fatalf("%v", out)
	}
}
