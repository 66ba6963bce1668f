package link_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nostr"
)

// dial opens a plain connection in a bubble.
func dial(t *testing.T, n *linktest.Net, url string) *link.Conn {
	t.Helper()
	c, err := link.Dial(t.Context(), url, link.Options{Dialer: n.Dialer()})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestStalledPeerIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, server := linktest.NewNet(), new(linktest.Relay)
		c := dial(t, n, n.Serve("relay.test", server))
		server.Stall()
		frame := []byte(`["NOTHING","` + strings.Repeat("x", 60<<10) + `"]`)
		var err error
		for sent := 0; err == nil; sent++ {
			if sent > 10_000 {
				t.Fatal("the queue has no end")
			}
			err = c.SendFrame(bytes.Clone(frame))
		}
		if !errors.Is(err, link.ErrBusy) {
			t.Errorf("sending beyond the queue: %v", err)
		}
		start := time.Now()
		go c.Read(context.Background())
		<-c.Done()
		if d := time.Since(start); d > link.WriteTimeout+time.Second {
			t.Errorf("dropped after %v", d)
		}
		server.Drop()
		n.Close()
	})
}

// Faults 8 and T8: a message beyond the limit ends the connection.
func TestReadLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, server := linktest.NewNet(), new(linktest.Relay)
		c := dial(t, n, n.Serve("relay.test", server))
		synctest.Wait()
		fits := `["NOTICE","` + strings.Repeat("x", nostr.MaxEventSize) + `"]`
		go server.Clients()[0].SendRaw([]byte(fits))
		if m, err := c.Read(t.Context()); err != nil || len(m.Message) != nostr.MaxEventSize {
			t.Fatalf("a large message: %v", err)
		}
		go server.Clients()[0].SendRaw([]byte(strings.Repeat(" ", nostr.MaxMessageSize+1)))
		if _, err := c.Read(t.Context()); err == nil {
			t.Error("a message beyond the limit was read")
		}
		server.Drop()
		n.Close()
	})
}

func TestReadPassesOverJunk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, server := linktest.NewNet(), new(linktest.Relay)
		c := dial(t, n, n.Serve("relay.test", server))
		synctest.Wait()
		go func() {
			for _, junk := range []string{"", "{}", "[", `["EVENT","x",{}]`, `["EOSE"]`, "\xff", `["EOSE","ok"]`} {
				server.Clients()[0].SendRaw([]byte(junk))
			}
		}()
		m, err := c.Read(t.Context())
		if err != nil || m.SubID != "ok" || c.Malformed() != 6 {
			t.Errorf("%+v, %v, %d malformed", m, err, c.Malformed())
		}
		c.Close()
		if err := c.SendFrame(nil); !errors.Is(err, link.ErrClosed) {
			t.Errorf("sending on a closed connection: %v", err)
		}
		server.Drop()
		n.Close()
	})
}

// Close writes what is queued.
func TestCloseDrains(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n, server := linktest.NewNet(), new(linktest.Relay)
		c := dial(t, n, n.Serve("relay.test", server))
		for i := range 100 {
			if err := c.Send(&nostr.ClientMessage{Label: nostr.LabelClose, SubID: fmt.Sprint(i)}); err != nil {
				t.Fatal(err)
			}
		}
		c.Close()
		synctest.Wait()
		if got := len(server.Log(nostr.LabelClose)); got != 100 {
			t.Errorf("%d of 100 messages left", got)
		}
		server.Drop()
		n.Close()
	})
}
