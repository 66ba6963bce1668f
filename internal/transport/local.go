package transport

import (
	"sync"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// maxLocal bounds the publishes that wait for the local relay.
const maxLocal = 1024

// local is a relay in this process.
type local struct {
	s      *session
	url    string
	number int
	relay  LocalRelay
	sub    LocalSub
	lane   *lane
	queue  chan control.Outbound

	mu   sync.RWMutex
	keys map[nostr.PubKey]bool
}

func newLocal(s *session, url string, lr LocalRelay) *local {
	r := &local{s: s, url: url, number: s.number(), relay: lr, lane: s.out.lane(url),
		queue: make(chan control.Outbound, maxLocal), keys: map[nostr.PubKey]bool{}}
	r.sub = lr.Open(r.deliver)
	s.wg.Go(r.run)
	s.status(url, control.RelayUp, "")
	return r
}

// run publishes one after the other.
func (r *local) run() {
	defer r.sub.Close()
	for {
		select {
		case <-r.s.ctx.Done():
			return
		case it := <-r.queue:
			ok, reason := r.relay.Publish(it.Event)
			r.s.out.receipt(control.Published{Ref: it.Ref, Relay: r.url, Sent: true, OK: ok, Reason: reason})
		}
	}
}

func (r *local) publish(ref uint64, event []byte) {
	select {
	case r.queue <- control.Outbound{Ref: ref, Event: event}:
	default:
		r.s.out.receipt(control.Published{Ref: ref, Relay: r.url, Reason: "too much waits already"})
	}
}

func (r *local) listen(m *control.Listen) {
	var fresh []nostr.PubKey
	r.mu.Lock()
	for _, k := range m.Remove {
		delete(r.keys, k)
	}
	for _, k := range m.Add {
		if !r.keys[k] {
			r.keys[k] = true
			fresh = append(fresh, k)
		}
	}
	r.mu.Unlock()
	if len(m.Remove) > 0 {
		r.sub.Remove(m.Remove)
	}
	if len(fresh) > 0 {
		r.sub.Add(fresh, lookBack(m.Since, r.s.o.Clock()))
	}
	if len(m.Add) > 0 {
		r.s.out.liveKeys(r.url, m.Add)
	}
}

// deliver takes an event from the relay, and waits while the keeper is slow.
func (r *local) deliver(raw []byte) {
	e, err := nostr.ParseEvent(raw)
	if err != nil {
		return
	}
	r.mu.RLock()
	wanted := addressed(e, r.keys)
	r.mu.RUnlock()
	if !wanted {
		return
	}
	event := e.AppendJSON(nil)
	if len(event) <= nostr.MaxEventSize && r.s.seen.pass(event, r.number, false) {
		r.lane.push(r.s.ctx, event)
	}
}

func (r *local) authenticate(*control.Proof) {}

func (r *local) nudge() {}
