package transport

import (
	"context"
	"encoding/hex"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nostr"
)

const (
	kindRequest = nostr.Kind(24133) // NIP-46
	idleAfter   = time.Minute       // a relay opened only to publish
	closeAfter  = time.Second       // a relay whose last key is gone
	grace       = 120 * time.Second // as old as a request may be (design decision 5)
)

// remote is one relay elsewhere.
type remote struct {
	s      *session
	url    string
	number int
	typed  bool
	link   *link.Relay
	lane   *lane
	cancel context.CancelFunc

	mu      sync.RWMutex
	up      bool
	wasUp   bool
	keys    map[nostr.PubKey]bool
	groups  []*group
	waiting []nostr.PubKey // for a free REQ
	since   int64          // of those
	bears   int            // keys in one REQ, if the relay refused more; else 0
	tidyUp  *time.Timer
	pending int // publishes without a receipt
	idle    *time.Timer
	linger  time.Duration
}

// newRemote starts a relay; it connects by itself. The session's mutex is held.
func newRemote(s *session, url string, typed bool) *remote {
	ctx, cancel := context.WithCancel(s.ctx)
	r := &remote{s: s, url: url, number: s.number(), typed: typed, lane: s.out.lane(url), cancel: cancel,
		keys: map[nostr.PubKey]bool{}, linger: idleAfter}
	r.link = link.NewRelay(link.RelayOptions{
		URL: url, Typed: typed, Dialer: s.o.Dialer, Now: s.o.Clock, Grace: grace,
		State: r.state, Challenge: r.challenge,
	})
	s.wg.Go(func() { r.link.Run(ctx) })
	return r
}

// number tells relays apart in the memory of events seen.
func (s *session) number() int {
	s.opened++
	return s.opened
}

func (r *remote) state(state link.State, err error) {
	r.mu.Lock()
	lost := r.up
	r.up = state == link.Up
	r.wasUp = r.wasUp || r.up
	if r.up {
		r.bears = 0 // it may be another one now
	}
	again := r.wasUp
	if !r.up {
		for _, g := range r.groups {
			g.lost()
		}
	}
	for _, g := range r.groups {
		g.sent = g.sent || r.up
	}
	r.mu.Unlock()
	switch state {
	case link.Connecting:
		if !again {
			r.s.status(r.url, control.RelayConnecting, "")
		}
	case link.Up:
		r.s.status(r.url, control.RelayUp, "")
	case link.Down:
		r.s.o.Log.Info("relay down", "relay", r.url, "error", err)
		r.s.status(r.url, control.RelayDown, down(r.url, lost))
	case link.Refused:
		r.s.o.Log.Info("relay refused", "relay", r.url, "error", err)
		r.s.status(r.url, control.RelayRefused, refusal(r.url, err))
	}
}

func (r *remote) challenge(challenge string) {
	r.s.out.tell(&control.Challenge{Relay: r.url, Challenge: challenge, Keys: r.listening()})
}

func (r *remote) listening() []nostr.PubKey {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return slices.Collect(maps.Keys(r.keys))
}

func (r *remote) authenticate(m *control.Proof) {
	events := make([][]byte, len(m.Events))
	for i, e := range m.Events {
		events[i] = e
	}
	if err := r.link.Authenticate(m.Challenge, events); err != nil {
		r.s.o.Log.Warn("the keeper's sign-in proof is no event", "relay", r.url)
	}
}

func (r *remote) nudge() { r.link.Nudge() }

// event hands one event to the keeper, and waits while the keeper is slow: then
// this relay, and no other, is read more slowly.
func (r *remote) event(m *nostr.RelayMessage, live bool) {
	if !r.wanted(m.Event) {
		return
	}
	event := m.Event.AppendJSON(nil) // it makes the room that takes, once
	if len(event) <= nostr.MaxEventSize && r.s.seen.pass(event, r.number, !live) {
		r.lane.push(r.s.ctx, event)
	}
}

// wanted says whether an event is for one of the keys listened for here.
func (r *remote) wanted(e *nostr.Event) bool {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return addressed(e, r.keys)
}

func addressed(e *nostr.Event, keys map[nostr.PubKey]bool) bool {
	if e.Kind != kindRequest {
		return false
	}
	for _, tag := range e.Tags {
		if len(tag) < 2 || tag[0] != "p" || len(tag[1]) != 64 {
			continue
		}
		var key nostr.PubKey
		if _, err := hex.Decode(key[:], []byte(tag[1])); err == nil && keys[key] {
			return true
		}
	}
	return false
}

func (r *remote) publish(ref uint64, event []byte) {
	id, err := eventID(event)
	if err != nil {
		r.s.out.receipt(control.Published{Ref: ref, Relay: r.url, Reason: "not an event"})
		return
	}
	r.mu.Lock()
	r.pending++
	r.mu.Unlock()
	r.link.Publish(event, id, func(receipt link.Receipt) {
		r.s.out.receipt(control.Published{Ref: ref, Relay: r.url, Sent: receipt.Sent, OK: receipt.OK, Reason: receipt.Reason})
		r.mu.Lock()
		r.pending--
		r.rest()
		r.mu.Unlock()
	})
}

// eventID reads the id where our own serialisation puts it, else parses.
func eventID(event []byte) (nostr.ID, error) {
	const head = `{"id":"`
	var id nostr.ID
	if len(event) > len(head)+64 && string(event[:len(head)]) == head && event[len(head)+64] == '"' {
		if _, err := hex.Decode(id[:], event[len(head):len(head)+64]); err == nil {
			return id, nil
		}
	}
	e, err := nostr.ParseEvent(event)
	if err != nil {
		return id, err
	}
	return e.ID, nil
}

// rest closes the relay some time after nothing is wanted of it any more. The
// mutex is held.
func (r *remote) rest() {
	if len(r.keys) > 0 || r.pending > 0 {
		return
	}
	if r.idle == nil {
		r.idle = time.AfterFunc(r.linger, r.leave)
	} else {
		r.idle.Reset(r.linger)
	}
}

func (r *remote) leave() {
	r.s.mu.Lock()
	defer r.s.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.keys) == 0 && r.pending == 0 && r.s.relays[r.url] == r {
		delete(r.s.relays, r.url)
		r.cancel()
	}
}
