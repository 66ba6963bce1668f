package relay_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/internal/relay/relaytest"
	"github.com/privyseal/privyseal/nostr"
)

// The faults of libs.md §2 that a relay can have, numbered as there.

// 3: remembering an event before it is verified lets a copy with a bad
// signature hide the true one.
func TestFault3BadCopyHidesNothing(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	alice, bob := newPerson(t), newPerson(t)
	listener, c := dial(t, s.URL), dial(t, s.URL)
	listener.req("s", to(bob))
	e := alice.letter(t, bob.PubKey, "x")
	bad := *e
	bad.Sig[3] ^= 1
	if ok, why := c.publish(&bad); ok || !strings.HasPrefix(why, "invalid:") {
		t.Fatal(ok, why)
	}
	c.mustPublish(e)
	if m := listener.want(nostr.LabelEvent); m.Event.Sig != e.Sig {
		t.Fatal("not the true one")
	}
}

// 13: one subscriber that stops reading must not stop the others, nor the
// publisher's OK; it is cut off.
func TestFault13StalledReader(t *testing.T) {
	s := relaytest.Start(t, relay.Options{Open: true, Limits: relay.Limits{QueueBytes: 4 << 20}})
	alice, bob := newPerson(t), newPerson(t)
	stalled := dial(t, s.URL) // reads nothing after this
	stalled.sendReq("s", to(bob))
	good, c := dial(t, s.URL), dial(t, s.URL)
	good.req("s", to(bob))

	// Enough to fill the queue and whatever the kernel holds (≤ 16 MiB).
	text := strings.Repeat("x", 60_000)
	n := 0
	for ; s.Relay.Stats().Slow == 0; n++ {
		if n == 2_000 {
			t.Fatal("a reader that never reads was not cut off")
		}
		e := alice.letter(t, bob.PubKey, fmt.Sprint(n)+text)
		c.mustPublish(e)
		if m := good.want(nostr.LabelEvent); m.Event.ID != e.ID {
			t.Fatal("the good reader missed", n)
		}
	}
	c.mustPublish(alice.letter(t, bob.PubKey, "after"))
	good.want(nostr.LabelEvent)
}

// 14: an event is compared with the filters of its own recipient and author,
// however many others there are.
func TestFault14IndexedByRecipient(t *testing.T) {
	s := relaytest.Start(t, relay.Options{Open: true})
	alice, bob := newPerson(t), newPerson(t)
	for range 10 {
		c := dial(t, s.URL)
		for i := range 200 {
			c.req(fmt.Sprint(i), fmt.Sprintf(`{"kinds":[24133],"#p":["%064x"]}`, i+1))
		}
	}
	listener, c := dial(t, s.URL), dial(t, s.URL)
	listener.req("s", to(bob))
	c.mustPublish(alice.letter(t, bob.PubKey, "x"))
	listener.want(nostr.LabelEvent)
	if n := s.Relay.Stats().Examined; n == 0 || n > 3 {
		t.Fatalf("%d filters were compared with one event", n)
	}
}

// 15: messages of one connection are handled one after the other.
func TestFault15Order(t *testing.T) {
	s := relaytest.Start(t, relay.Options{Open: true})
	alice, bob := newPerson(t), newPerson(t)
	listener, c := dial(t, s.URL), dial(t, s.URL)
	listener.req("s", to(bob))
	var events []*nostr.Event
	for i := range 200 {
		events = append(events, alice.letter(t, bob.PubKey, fmt.Sprint(i)+strings.Repeat("x", i%7*3_000)))
	}
	go func() {
		for _, e := range events {
			c.write(eventFrame(e))
		}
	}()
	for i, e := range events {
		if m := c.want(nostr.LabelOK); m.ID != e.ID || !m.OK {
			t.Fatalf("answer %d is not for event %d: %s", i, i, m.Message)
		}
		if m := listener.want(nostr.LabelEvent); m.Event.ID != e.ID {
			t.Fatalf("event %d out of order", i)
		}
	}
}

// 15: the challenge is 32 bytes and each connection's own.
func TestFault15Challenge(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	a, b := dial(t, s.URL), dial(t, s.URL)
	if len(a.challenge) != 64 || len(b.challenge) != 64 || a.challenge == b.challenge {
		t.Fatal(a.challenge, b.challenge)
	}
}

// 15: X-Forwarded-For counts only when a proxy is trusted, and then its last entry.
func TestFault15ForwardedFor(t *testing.T) {
	for _, tc := range []struct {
		trust  bool
		header func(i int) string
		opened int
	}{
		{false, func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }, 5},
		{true, func(i int) string { return fmt.Sprintf("203.0.113.%d", i) }, 8},
		{true, func(i int) string { return fmt.Sprintf("203.0.113.%d, 198.51.100.7", i) }, 2},
		{true, func(i int) string { return fmt.Sprintf("2001:db8::%d", i+1) }, 2},
		{true, func(i int) string { return fmt.Sprintf("2001:db8:0:%d::1", i+1) }, 8},
		{true, func(int) string { return "nonsense" }, 2},
	} {
		s := relaytest.Start(t, relay.Options{TrustProxy: tc.trust, Limits: relay.Limits{
			Connections: 100, ConnectionsPerIP: 2, ConnectionsLoopback: 5,
		}})
		opened := 0
		for i := range 8 {
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			ws, resp, err := websocket.Dial(ctx, s.URL, &websocket.DialOptions{
				HTTPHeader: http.Header{"X-Forwarded-For": {"10.0.0.1", tc.header(i)}},
			})
			cancel()
			if err == nil {
				opened++
				t.Cleanup(func() { ws.CloseNow() })
			} else if resp == nil || resp.StatusCode != http.StatusTooManyRequests {
				t.Fatal(err)
			}
		}
		if opened != tc.opened {
			t.Errorf("trust %v, %s: %d connections, want %d", tc.trust, tc.header(1), opened, tc.opened)
		}
	}
}

// A connection that ended makes room for another.
func TestConnectionsAreGivenBack(t *testing.T) {
	s := relaytest.Start(t, relay.Options{Limits: relay.Limits{ConnectionsLoopback: 1}})
	for range 5 {
		c := dial(t, s.URL)
		c.ws.Close(websocket.StatusNormalClosure, "")
		for deadline := time.Now().Add(patience); s.Relay.Stats().Connections > 0; {
			if time.Now().After(deadline) {
				t.Fatal("the connection is still counted")
			}
		}
	}
}
