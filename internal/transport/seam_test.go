//go:build unix

package transport_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/internal/transport"
	"github.com/privyseal/privyseal/nostr"
)

// Over a real socket pair and real sockets: a request comes in, an answer goes
// out, and the end of the seam ends Run.
func TestOverTheSeam(t *testing.T) {
	server := new(linktest.Relay)
	url := server.Start(t)
	front, back, err := control.Pair()
	if err != nil {
		t.Fatal(err)
	}
	ours, keeper := control.NewConn(front), control.NewConn(back)
	done := make(chan error, 1)
	go func() {
		done <- transport.New(transport.Options{Dialer: new(link.Dialer)}).Run(context.Background(), ours)
	}()
	send := func(m control.Message) {
		t.Helper()
		if err := keeper.Send(m); err != nil {
			t.Fatal(err)
		}
	}
	// until reads messages until ok.
	until := func(ok func(m control.Message) bool) {
		t.Helper()
		for {
			m, err := keeper.Recv()
			if err != nil {
				t.Fatal(err)
			}
			if ok(m) {
				return
			}
		}
	}
	// The loopback is refused, until a person has typed it.
	send(&control.Listen{Relay: url, Add: keys(1, 2)})
	until(func(m control.Message) bool {
		s, ok := m.(*control.RelayStatus)
		return ok && s.State == control.RelayRefused && s.Detail != ""
	})
	send(&control.Listen{Relay: url, Add: keys(2, 3), Typed: true})
	live := map[nostr.PubKey]bool{}
	until(func(m control.Message) bool {
		if l, ok := m.(*control.Live); ok {
			for _, k := range l.Keys {
				live[k] = true
			}
		}
		return live[key(1)] && live[key(2)]
	})
	e := request("hello", key(1))
	server.Deliver(e)
	until(func(m control.Message) bool {
		in, ok := m.(*control.Events)
		return ok && len(in.Items) == 1 && in.Items[0].Relay == url && bytes.Equal(in.Items[0].Event, e.AppendJSON(nil))
	})
	send(&control.Publish{Items: []control.Outbound{{Ref: 5, Relays: []string{url}, Event: request("answer", key(8)).AppendJSON(nil)}}})
	until(func(m control.Message) bool {
		r, ok := m.(*control.Receipts)
		return ok && r.Items[0] == control.Published{Ref: 5, Relay: url, Sent: true, OK: true}
	})
	keeper.Close()
	select {
	case err := <-done:
		if err == nil {
			t.Error("Run ended without saying why")
		}
	case <-time.After(time.Minute):
		t.Fatal("Run goes on without a keeper")
	}
	ours.Close()
}
