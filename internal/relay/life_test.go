package relay_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/internal/relay/relaytest"
	"github.com/privyseal/privyseal/nostr"
)

// Shutdown says so to every subscription, sends what is queued, and refuses
// whatever comes after.
func TestShutdown(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	alice, bob := newPerson(t), newPerson(t)
	in := open(t, s.Relay)
	in.Add([]nostr.PubKey{alice.PubKey}, 0)
	c, idle := dial(t, s.URL), dial(t, s.URL)
	c.req("a", to(bob))
	c.req("b", by(bob))
	e := alice.letter(t, bob.PubKey, "last")
	publisher := dial(t, s.URL)
	publisher.mustPublish(e)
	go publisher.read() // answers the close

	ended := make(chan error)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		ended <- s.Relay.Shutdown(ctx)
	}()
	if m := c.want(nostr.LabelEvent); m.Event.ID != e.ID {
		t.Fatal(m.Event.ID)
	}
	for range 2 {
		if m := c.want(nostr.LabelClosed); !strings.HasPrefix(m.Message, "error: shutting down") {
			t.Fatal(m.Message)
		}
	}
	for _, c := range []*client{c, idle} {
		_, err := c.read()
		if websocket.CloseStatus(err) != websocket.StatusGoingAway {
			t.Fatal(err)
		}
	}
	s.Relay.Local().Publish(nil) // does not wait for anything
	if ok, why := s.Relay.Local().Publish(alice.letter(t, bob.PubKey, "late").AppendJSON(nil)); ok || !strings.HasPrefix(why, "error: shutting down") {
		t.Fatal(ok, why)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, resp, err := websocket.Dial(ctx, s.URL, nil); err == nil || resp == nil || resp.StatusCode != 503 {
		t.Fatal("connected to a relay that has ended")
	}
	if err := s.Relay.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
}

// Whoever does not leave in time is cut off.
func TestShutdownCutsOff(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	for range 3 {
		dial(t, s.URL) // never reads the close
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Relay.Shutdown(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if st := s.Relay.Stats(); st.Connections != 0 {
		t.Fatalf("%+v", st)
	}
}

// After a restart on the same port clients come back to an empty relay.
func TestRestart(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	alice, keeper := newPerson(t), newPerson(t)
	s.Relay.Know(keeper.PubKey)
	c := dial(t, s.URL)
	c.mustPublish(alice.letter(t, keeper.PubKey, "x"))
	url := s.URL
	go c.read() // answers the close
	s.Restart()
	if s.URL != url {
		t.Fatal(s.URL)
	}
	if got := dial(t, s.URL).req("s", to(keeper)); len(got) != 0 {
		t.Fatal(got)
	}
	s.Stop()
	s.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, _, err := websocket.Dial(ctx, url, nil); err == nil {
		t.Fatal("connected to a stopped relay")
	}
}
