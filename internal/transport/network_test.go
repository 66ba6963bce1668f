package transport_test

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/internal/transport"
)

// A relay whose connection stands but that has gone deaf is connected anew.
func TestRenewMakesTheConnectionAnew(t *testing.T) {
	server := new(linktest.Relay)
	run(t, transport.Options{}, func(w *world) {
		w.listen(url(0), key(1), key(2))
		before := len(server.Log("REQ"))
		w.to <- &control.Renew{Relay: url(0)}
		settle(5 * time.Second)
		if got := len(server.Log("REQ")); got <= before {
			t.Fatalf("%d subscriptions asked for, %d before: nothing was made anew", got, before)
		}
		if got := w.liveKeys(url(0)); len(got) != 4 {
			t.Errorf("live %d times, want each key once more", len(got))
		}
		server.Deliver(request("after", key(2)))
		synctest.Wait()
		if got := w.contents(t, url(0)); fmt.Sprint(got) != "[after]" {
			t.Errorf("heard %v", got)
		}
		w.to <- &control.Renew{Relay: url(7)} // one that is not there
		w.to <- &control.Renew{Relay: "nonsense"}
		synctest.Wait()
	}, server)
}

func TestANewNetworkIsTriedAtOnce(t *testing.T) {
	server := new(linktest.Relay)
	run(t, transport.Options{}, func(w *world) {
		var second atomic.Bool
		addresses := func() ([]net.Addr, error) {
			list := []net.Addr{&net.IPAddr{IP: net.IPv4(127, 0, 0, 1)}}
			if second.Load() {
				list = append(list, &net.IPAddr{IP: net.IPv4(192, 0, 2, 1)})
			}
			return list, nil
		}
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		go w.carrier.WatchNetwork(ctx, addresses)
		w.net.SetUp(name(0), false)
		w.listen(url(0), key(1))
		settle(10 * time.Minute) // the waits between tries are long by now
		if n := w.now().changes; n != 0 {
			t.Fatalf("%d changes reported of a network that did not change", n)
		}
		w.net.SetUp(name(0), true)
		second.Store(true)
		settle(4 * time.Second)
		if n := w.now().changes; n != 1 {
			t.Errorf("%d changes reported, want 1", n)
		}
		if got := w.liveKeys(url(0)); len(got) != 1 {
			t.Errorf("not connected within 4 s of the change")
		}
	}, server)
}
