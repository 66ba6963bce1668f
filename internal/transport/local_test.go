package transport_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/transport"
	"github.com/privyseal/privyseal/nostr"
)

// inProcess is a relay in the same process.
type inProcess struct {
	mu      sync.Mutex
	deliver func([]byte)
	keys    []nostr.PubKey
	since   []int64
	got     []string
	closed  bool
}

func (l *inProcess) Open(deliver func([]byte)) transport.LocalSub {
	l.deliver = deliver
	return l
}

func (l *inProcess) Publish(event []byte) (bool, string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.got = append(l.got, string(event))
	return len(event) > 2, "mute: nobody listens"
}

func (l *inProcess) Add(keys []nostr.PubKey, since int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys, l.since = append(l.keys, keys...), append(l.since, since)
}

func (l *inProcess) Remove(keys []nostr.PubKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.keys = slices.DeleteFunc(l.keys, func(k nostr.PubKey) bool { return slices.Contains(keys, k) })
}

func (l *inProcess) Close() { l.closed = true }

func TestLocalRelay(t *testing.T) {
	const own = "ws://127.0.0.1:4646"
	relay := new(inProcess)
	o := transport.Options{Local: func(url string) transport.LocalRelay {
		if url == own {
			return relay
		}
		return nil
	}}
	run(t, o, func(w *world) {
		w.to <- &control.Listen{Relay: own + "/", Add: keys(1, 3), Since: 17}
		synctest.Wait()
		if got := w.liveKeys(own); fmt.Sprint(got) != fmt.Sprint(keys(1, 3)) {
			t.Fatalf("live: %v", got)
		}
		w.to <- &control.Listen{Relay: own, Remove: keys(2, 3)}
		synctest.Wait()
		if fmt.Sprint(relay.keys) != fmt.Sprint(keys(1, 2)) || relay.since[0] != 17 {
			t.Errorf("keys %v since %v", relay.keys, relay.since)
		}
		e := request("hello", key(1))
		relay.deliver(e.AppendJSON(nil))
		relay.deliver(append([]byte(" "), e.AppendJSON(nil)...)) // the same, written otherwise
		relay.deliver(request("removed", key(2)).AppendJSON(nil))
		relay.deliver([]byte("{"))
		synctest.Wait()
		if got := w.contents(t, own); fmt.Sprint(got) != "[hello]" {
			t.Errorf("heard %v", got)
		}
		w.to <- &control.Publish{Items: []control.Outbound{{Ref: 1, Relays: []string{own}, Event: []byte("{}")}, {Ref: 2, Relays: []string{own}, Event: e.AppendJSON(nil)}}}
		synctest.Wait()
		want := fmt.Sprint([]control.Published{{Ref: 1, Relay: own, Sent: true, Reason: "mute: nobody listens"}, {Ref: 2, Relay: own, Sent: true, OK: true, Reason: "mute: nobody listens"}})
		if fmt.Sprint(w.now().receipts) != want {
			t.Errorf("receipts %+v", w.now().receipts)
		}
	})
	if !relay.closed {
		t.Error("the subscription was not closed")
	}
}
