package transport_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/internal/transport"
	"github.com/privyseal/privyseal/nostr"
)

func TestListenAndDeliver(t *testing.T) {
	server := new(linktest.Relay)
	run(t, transport.Options{}, func(w *world) {
		w.listen(url(0)+"/", key(1)) // not yet normalised
		if got := w.liveKeys(url(0)); fmt.Sprint(got) != fmt.Sprint(keys(1, 2)) {
			t.Fatalf("live: %v", got)
		}
		server.Deliver(request("hello", key(1)))
		synctest.Wait()
		if got := w.contents(t, url(0)); fmt.Sprint(got) != "[hello]" {
			t.Errorf("heard %v", got)
		}
		f := server.Log(nostr.LabelReq)[0].Filters[0]
		if want := time.Now().Add(-120 * time.Second).Unix(); f.Since == nil || *f.Since != want {
			t.Errorf("the first filter does not look back 120 s: %v", f.Since)
		}
	}, server)
}

// Only what was asked for goes to the keeper, whatever a relay sends.
func TestUnwanted(t *testing.T) {
	server := new(linktest.Relay)
	run(t, transport.Options{}, func(w *world) {
		w.listen(url(0), key(1))
		kind1 := request("kind 1", key(1))
		kind1.Kind = 1
		untagged := request("untagged", key(1))
		untagged.Tags = nostr.Tags{{"p"}, {"p", "zz"}, {"p", strings.Repeat("z", 64)}, {}, {"e", key(1).String()}}
		server.Flood([][]byte{
			kind1.AppendJSON(nil),
			untagged.AppendJSON(nil),
			request("for another", key(2)).AppendJSON(nil),
			request("good", key(1)).AppendJSON(nil),
		})
		synctest.Wait()
		if got := w.contents(t, ""); fmt.Sprint(got) != "[good]" {
			t.Errorf("heard %v", got)
		}
	}, server)
}

// Fault 3 of notes/libs.md: a copy with a bad signature, arriving first, hid the
// good event.
func TestFault3BadCopyHidesNothing(t *testing.T) {
	liar, honest := new(linktest.Relay), new(linktest.Relay)
	run(t, transport.Options{}, func(w *world) {
		w.listen(url(0), key(1))
		w.listen(url(1), key(1))
		good := request("hello", key(1))
		bad := *good
		bad.Sig[0] ^= 1
		liar.Deliver(&bad)
		synctest.Wait()
		honest.Deliver(good)
		honest.Deliver(good)
		liar.Deliver(good)
		synctest.Wait()
		if len(w.now().events) != 2 || string(w.now().events[1].Event) != string(good.AppendJSON(nil)) {
			t.Errorf("the keeper got %d events", len(w.now().events))
		}
	}, liar, honest)
}

// Fault 4: whether the id is the event's hash is for the keeper to see, so both
// copies reach it.
func TestFault4WrongIDIsPassedOn(t *testing.T) {
	server := new(linktest.Relay)
	run(t, transport.Options{}, func(w *world) {
		w.listen(url(0), key(1))
		good := request("hello", key(1))
		bad := *good
		bad.ID[0] ^= 1
		server.Deliver(&bad)
		server.Deliver(good)
		synctest.Wait()
		if len(w.now().events) != 2 {
			t.Errorf("the keeper got %d events", len(w.now().events))
		}
	}, server)
}

// Copies are dropped, an app that asks again is heard, and what a relay kept is
// not heard twice.
func TestCopies(t *testing.T) {
	a, b := new(linktest.Relay), new(linktest.Relay)
	run(t, transport.Options{}, func(w *world) {
		w.listen(url(0), key(1))
		w.listen(url(1), key(1))
		e := request("hello", key(1))
		expect := func(what string, want int) {
			t.Helper()
			synctest.Wait()
			if len(w.now().events) != want {
				t.Fatalf("%s: the keeper got %d events, want %d", what, len(w.now().events), want)
			}
		}
		a.Deliver(e)
		expect("first", 1)
		a.Deliver(e)
		expect("repeated at once", 1)
		settle(5 * time.Second)
		b.Deliver(e)
		expect("late copy", 1)
		a.Deliver(e)
		expect("asked again", 2)
		b.Deliver(e)
		expect("asked again through both", 2)
		settle(5 * time.Second)
		a.Store(e)
		a.Drop()
		settle(5 * time.Second)
		expect("kept by the relay", 2)
	}, a, b)
}

func TestRelayRestart(t *testing.T) {
	server := new(linktest.Relay)
	run(t, transport.Options{}, func(w *world) {
		w.listen(url(0), key(1))
		w.net.SetUp(name(0), false)
		server.Drop()
		server.Store(request("meanwhile", key(1)))
		settle(10 * time.Second)
		w.net.SetUp(name(0), true)
		settle(30 * time.Second)
		if got := w.contents(t, url(0)); fmt.Sprint(got) != "[meanwhile]" {
			t.Errorf("heard %v", got)
		}
		if got := w.liveKeys(url(0)); len(got) != 2 {
			t.Errorf("live %d times, want again after the restart", len(got))
		}
		var states []control.RelayState
		for _, s := range w.now().status {
			states = append(states, s.State)
			if s.State == control.RelayDown && !strings.Contains(s.Detail, "r0.test") {
				t.Errorf("detail %q", s.Detail)
			}
		}
		states = slices.Compact(states)
		if last := states[len(states)-1]; last != control.RelayUp || !slices.Contains(states, control.RelayDown) {
			t.Errorf("states %v", states)
		}
	}, server)
}

// Starting with every relay away is fine.
func TestStartWithRelaysAway(t *testing.T) {
	server := new(linktest.Relay)
	run(t, transport.Options{}, func(w *world) {
		w.net.SetUp(name(0), false)
		w.listen(url(0), key(1))
		w.listen("ws://nowhere.test", key(1))
		settle(time.Minute)
		w.listen(url(0), key(2))
		w.net.SetUp(name(0), true)
		settle(2 * time.Minute)
		if got := w.liveKeys(url(0)); len(got) != 2 {
			t.Errorf("live: %v", got)
		}
		if n := len(server.Log(nostr.LabelReq)); n != 1 {
			t.Errorf("%d REQs, want one for keys known before the first connection", n)
		}
	}, server)
}

// A keeper that is slow slows a flood; a flood from one relay delays no other.
func TestFloodDelaysNoOtherRelay(t *testing.T) {
	junk, good := new(linktest.Relay), new(linktest.Relay)
	run(t, transport.Options{}, func(w *world) {
		w.slow = 10 * time.Millisecond
		w.listen(url(0), key(1))
		w.listen(url(1), key(1))
		var flood [][]byte
		for i := range 10_000 {
			flood = append(flood, request(fmt.Sprint("junk", i), key(1)).AppendJSON(nil))
		}
		var flooded atomic.Bool
		go func() { junk.Flood(flood); flooded.Store(true) }()
		settle(100 * time.Millisecond)
		good.Deliver(request("real", key(1)))
		settle(50 * time.Millisecond)
		if got := w.contents(t, url(1)); len(got) != 1 {
			t.Errorf("the real event waits behind %d of the flood", len(w.now().events))
		}
		if len(w.now().events) > 2000 {
			t.Errorf("the flood was not slowed: %d events", len(w.now().events))
		}
		if flooded.Load() {
			t.Error("all of the flood was read at once")
		}
		settle(10 * time.Second)
		if got := w.contents(t, url(0)); len(got) != 10_000 || got[9_999] != "junk9999" {
			t.Errorf("%d of the flood in the end", len(got))
		}
		if w.now().batches > 400 {
			t.Errorf("%d batches", w.now().batches)
		}
	}, junk, good)
}

func TestPublish(t *testing.T) {
	yes := new(linktest.Relay)
	no := &linktest.Relay{OnEvent: func(*linktest.Client, *nostr.Event) (bool, string, bool) {
		return false, "blocked: no", false
	}}
	mute := &linktest.Relay{OnEvent: func(*linktest.Client, *nostr.Event) (bool, string, bool) { return true, "", true }}
	run(t, transport.Options{}, func(w *world) {
		w.listen(url(0), key(1))
		e := request("answer", key(9)).AppendJSON(nil)
		relays := []string{url(0), url(1), url(2), "ws://nowhere.test", "nonsense"}
		w.to <- &control.Publish{Items: []control.Outbound{
			{Ref: 7, Relays: relays, Event: e},
			{Ref: 8, Relays: relays[:1], Event: []byte("{}")},
		}}
		settle(30 * time.Second)
		got := map[string]string{}
		for _, r := range w.now().receipts {
			got[fmt.Sprint(r.Ref, " ", r.Relay)] += fmt.Sprint(r.Sent, r.OK, r.Reason, ";")
		}
		want := map[string]string{
			"7 " + url(0):         "true true;",
			"7 " + url(1):         "true falseblocked: no;",
			"7 " + url(2):         "false falseno answer in time;",
			"7 ws://nowhere.test": "false falsethe connection is down;",
			"7 nonsense":          "false falsenot a relay's address;",
			"8 " + url(0):         "false falsenot an event;",
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("receipts\n%v\nwant\n%v", got, want)
		}
		settle(2 * time.Minute)
		if a, b := len(yes.Clients()), len(no.Clients()); a != 1 || b != 0 {
			t.Errorf("idle: %d and %d connections, want the one that is listened on", a, b)
		}
		// a relay that was closed opens again
		w.to <- &control.Publish{Items: []control.Outbound{{Ref: 9, Relays: []string{url(1)}, Event: e}}}
		synctest.Wait()
		if r := w.now().receipts[len(w.now().receipts)-1]; r.Ref != 9 || !r.Sent {
			t.Errorf("after idling: %+v", r)
		}
	}, yes, no, mute)
}

// The last key closes the relay, once publishes have their receipts.
func TestLastKeyCloses(t *testing.T) {
	server := new(linktest.Relay)
	run(t, transport.Options{}, func(w *world) {
		w.listen(url(0), key(1), key(2))
		w.to <- &control.Listen{Relay: url(0), Remove: keys(2, 3)}
		settle(time.Minute)
		if len(server.Clients()) != 1 {
			t.Fatal("closed with a key left")
		}
		w.to <- &control.Publish{Items: []control.Outbound{{Ref: 1, Relays: []string{url(0)}, Event: request("bye", key(9)).AppendJSON(nil)}}}
		w.to <- &control.Listen{Relay: url(0), Remove: keys(1, 2)}
		settle(5 * time.Second)
		if len(server.Clients()) != 0 || len(w.now().receipts) != 1 || !w.now().receipts[0].OK {
			t.Errorf("%d connections, receipts %+v", len(server.Clients()), w.now().receipts)
		}
	}, server)
}

func TestSignIn(t *testing.T) {
	server := &linktest.Relay{
		Challenge: "c1",
		OnReq: func(c *linktest.Client, _ string, _ []nostr.Filter) string {
			if len(c.SignIn) == 0 {
				return "auth-required: who are you?"
			}
			return ""
		},
	}
	run(t, transport.Options{}, func(w *world) {
		w.listen(url(0), key(1))
		if len(w.now().asked) != 1 || w.now().asked[0].Challenge != "c1" || w.now().asked[0].Relay != url(0) || len(w.now().asked[0].Keys) != 1 {
			t.Fatalf("asked %+v", w.now().asked)
		}
		proof := request("", key(1))
		proof.Kind = 22242
		w.to <- &control.Proof{Relay: url(0), Challenge: "c1", Events: []json.RawMessage{proof.AppendJSON(nil)}}
		synctest.Wait()
		if len(w.liveKeys(url(0))) != 1 {
			t.Error("not live after the sign-in")
		}
	}, server)
}

func TestRefusedAddresses(t *testing.T) {
	run(t, transport.Options{}, func(w *world) {
		w.listen("https://relay.test", key(1))
		w.listen("nonsense", key(1))
		for _, s := range w.now().status {
			if s.State != control.RelayRefused || s.Detail == "" {
				t.Errorf("%+v", s)
			}
		}
		if len(w.now().status) != 2 {
			t.Errorf("%d reports", len(w.now().status))
		}
	})
}
