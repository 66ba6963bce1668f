package transport_test

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/internal/transport"
	"github.com/privyseal/privyseal/nostr"
)

// watch wraps a relay so that the most REQs, the widest filter and any gap are
// seen.
type watch struct {
	most, widest int
}

func (x *watch) onReq(c *linktest.Client, _ string, filters []nostr.Filter) string {
	x.most = max(x.most, c.Subs()+1)
	for _, f := range filters {
		x.widest = max(x.widest, len(f.Tags["p"]))
	}
	return ""
}

func TestManyKeys(t *testing.T) {
	for _, n := range []int{1, 499, 501, 2999, 3001, 12_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			var x watch
			server := &linktest.Relay{OnReq: x.onReq}
			run(t, transport.Options{}, func(w *world) {
				w.listen(url(0), keys(0, n)...)
				if got := len(w.liveKeys(url(0))); got != n {
					t.Fatalf("%d of %d keys live", got, n)
				}
				for i := range 30 { // and new ones, each at once
					w.listen(url(0), key(n+i))
					if i < 3 {
						if got := w.liveKeys(url(0)); len(got) != n+i+1 {
							t.Fatalf("key %d is not live at once", i)
						}
					}
				}
				settle(10 * time.Second)
				if got := len(w.liveKeys(url(0))); got != n+30 {
					t.Errorf("%d of %d keys live", got, n+30)
				}
				for _, k := range []int{0, n - 1, n, n + 29} {
					server.Deliver(request("x", key(k)))
				}
				synctest.Wait()
				want := 4
				if n == 1 {
					want = 3
				}
				if len(w.now().events) != want {
					t.Errorf("heard %d of %d", len(w.now().events), want)
				}
				if got := server.Clients()[0].Subs(); got > 8 {
					t.Errorf("%d REQs in the end", got)
				}
			}, server)
			if x.most > 10 || x.widest > 500 {
				t.Errorf("up to %d REQs, filters of up to %d keys", x.most, x.widest)
			}
		})
	}
}

// Merging leaves no gap: at each REQ and CLOSE of the link, an event for every
// live key still arrives.
func TestMergeWithoutGap(t *testing.T) {
	var x watch
	server := &linktest.Relay{}
	sent := 0
	run(t, transport.Options{}, func(w *world) {
		server.OnReq = func(c *linktest.Client, id string, f []nostr.Filter) string {
			for _, k := range w.liveKeys(url(0)) {
				sent++
				server.Deliver(request(fmt.Sprint(sent), k))
			}
			return x.onReq(c, id, f)
		}
		for i := range 40 {
			w.listen(url(0), key(i))
			if i%4 == 3 {
				settle(3 * time.Second)
			}
		}
		settle(10 * time.Second)
		if sent < 100 || len(w.now().events) != sent {
			t.Errorf("heard %d of %d", len(w.now().events), sent)
		}
		if got := server.Clients()[0].Subs(); got > 2 {
			t.Errorf("%d REQs in the end", got)
		}
	}, server)
}

// Removed keys leave the subscription, and their events are not passed on even
// before that.
func TestRemovedKeys(t *testing.T) {
	server := new(linktest.Relay)
	run(t, transport.Options{}, func(w *world) {
		w.listen(url(0), keys(0, 10)...)
		w.to <- &control.Listen{Relay: url(0), Remove: keys(0, 5)}
		synctest.Wait()
		server.Deliver(request("removed", key(0)))
		server.Deliver(request("kept", key(9)))
		synctest.Wait()
		if got := w.contents(t, ""); fmt.Sprint(got) != "[kept]" {
			t.Errorf("heard %v", got)
		}
		settle(10 * time.Second)
		reqs := server.Log(nostr.LabelReq)
		if got := len(reqs[len(reqs)-1].Filters[0].Tags["p"]); got != 5 || server.Clients()[0].Subs() != 1 {
			t.Errorf("the last REQ has %d keys", got)
		}
	}, server)
}

// A relay that closes subscriptions again and again still serves every key in
// the end, however keys come and go.
func TestKeysAgainstARudeRelay(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 0))
			dice := rand.New(rand.NewPCG(seed, 1))
			var polite atomic.Bool
			server := &linktest.Relay{OnReq: func(*linktest.Client, string, []nostr.Filter) string {
				if dice.IntN(3) == 0 && !polite.Load() {
					return "rate-limited: too many"
				}
				return ""
			}}
			run(t, transport.Options{}, func(w *world) {
				held := map[int]bool{}
				for range 60 {
					k := rng.IntN(40)
					switch n := rng.IntN(20); {
					case n == 0:
						server.Drop()
					case n == 1:
						server.CloseSubs("error: restarting")
					case held[k]:
						delete(held, k)
						w.to <- &control.Listen{Relay: url(0), Remove: keys(k, k+1)}
					default:
						held[k] = true
						w.to <- &control.Listen{Relay: url(0), Add: keys(k, k+1)}
					}
					settle(time.Duration(rng.Int64N(int64(2 * time.Second))))
				}
				synctest.Wait()
				polite.Store(true)
				settle(5 * time.Minute)
				before := len(w.now().events)
				for k := range 40 {
					server.Deliver(request("x", key(k)))
				}
				synctest.Wait()
				if got := len(w.now().events) - before; got != len(held) {
					t.Errorf("heard %d of %d keys", got, len(held))
				}
			}, server)
		})
	}
}

// A relay that takes fewer keys in a REQ than we think gets smaller ones.
func TestRelayWithASmallLimit(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit int
		parts int  // of 35 keys
		eose  bool // it answers a REQ that is too large at all
	}{
		{"CLOSED", 100, 6, true},
		{"CLOSED, tiny", 30, 4, true},
		{"silence", 100, 6, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := new(linktest.Relay)
			server.OnReq = func(_ *linktest.Client, _ string, filters []nostr.Filter) string {
				if n := len(filters[0].Tags["p"]); n <= c.limit {
					return ""
				} else if c.eose {
					return "error: filter too large"
				}
				return linktest.Ignore
			}
			run(t, transport.Options{}, func(w *world) {
				for i := range c.parts {
					w.listen(url(0), keys(35*i, 35*(i+1))...)
					if c.limit > 35 && len(w.liveKeys(url(0))) != 35*(i+1) {
						t.Fatalf("%d keys live", len(w.liveKeys(url(0))))
					}
				}
				settle(5 * time.Minute)
				for i := range 35 * c.parts {
					server.Deliver(request("x", key(i)))
				}
				synctest.Wait()
				if len(w.now().events) != 35*c.parts {
					t.Errorf("heard %d of %d keys", len(w.now().events), 35*c.parts)
				}
			}, server)
		})
	}
}

// A limit that passes leaves no key behind.
func TestRelayRecovers(t *testing.T) {
	var well atomic.Bool
	server := &linktest.Relay{OnReq: func(_ *linktest.Client, _ string, filters []nostr.Filter) string {
		if !well.Load() && len(filters[0].Tags["p"]) > 20 {
			return "error: not now"
		}
		return ""
	}}
	run(t, transport.Options{}, func(w *world) {
		w.listen(url(0), keys(0, 400)...)
		settle(time.Minute)
		if got := len(w.liveKeys(url(0))); got == 0 || got == 400 {
			t.Fatalf("%d of 400 keys live during the trouble", got)
		}
		well.Store(true)
		settle(5 * time.Minute)
		for i := range 400 {
			server.Deliver(request("x", key(i)))
		}
		if got := len(w.now().events); got != 400 {
			t.Errorf("heard %d of 400 keys", got)
		}
	}, server)
}
