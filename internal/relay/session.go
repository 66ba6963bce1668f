package relay

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/privyseal/privyseal/nostr"
)

// session is one connection's side of the protocol, apart from the websocket.
// Its messages are handled one after the other by one goroutine.
type session struct {
	relay     *Relay
	from      source
	factor    int // of the quotas
	free      bool
	host      string // the client connected to
	who       string // in the log
	challenge string
	offered   sync.Once
	asked     atomic.Bool // for a subscription
	trusted   bool        // signed in with a known key (NIP-42)
	pause     bool        // before the next message is read
	out       *queue
	cancel    context.CancelFunc
	ws        *websocket.Conn
	socket    *socket
	written   chan struct{} // closed once nothing more is written
	due       due           // others, of what this one's messages led to

	// Guarded by relay.mu.
	subs map[string]*subscription
	keys int
}

func newSession(r *Relay, from source, host string, cancel context.CancelFunc) *session {
	var c [32]byte
	rand.Read(c[:])
	s := &session{
		relay:     r,
		from:      from,
		factor:    1,
		host:      host,
		challenge: hex.EncodeToString(c[:]),
		out:       newOutgoing(r.limits.QueueEvents, r.limits.QueueBytes),
		cancel:    cancel,
		written:   make(chan struct{}),
		subs:      make(map[string]*subscription),
	}
	if from.loopback {
		s.factor, s.free = r.limits.LoopbackFactor, r.options.Open
	}
	return s
}

// exempt reports whether no quota applies.
func (s *session) exempt() bool { return s.free || s.trusted }

// cut ends the connection at once.
func (s *session) cut() { s.cancel() }

// full cuts off a client whose queue took no more. A queue that has ended takes
// nothing for another reason, and drains.
func (s *session) full() {
	if !s.out.over() {
		s.tooSlow()
	}
}

// tooSlow cuts off a client that does not read.
func (s *session) tooSlow() {
	s.relay.stats.slow.Add(1)
	s.relay.log.Info("relay: cut off, as it does not read", "from", s.who)
	s.cut()
}

// send queues a message of ours, which leaves with the next flush.
func (s *session) send(m nostr.RelayMessage) {
	if !s.out.push(message{body: m.AppendJSON(make([]byte, 0, 96+len(m.Message)))}) {
		s.full()
	}
}

func (s *session) notice(text string) {
	s.send(nostr.RelayMessage{Label: nostr.LabelNotice, Message: text})
}

func (s *session) closed(id, why string) {
	s.relay.stats.refused(why)
	s.send(nostr.RelayMessage{Label: nostr.LabelClosed, SubID: id, Message: why})
}

func (s *session) ok(id nostr.ID, v verdict) {
	s.relay.stats.judged(v)
	s.send(nostr.RelayMessage{Label: nostr.LabelOK, ID: id, OK: v.ok, Message: v.reason})
}

// handle answers one message. It reports false when the connection should end.
func (s *session) handle(frame []byte) bool {
	m, err := nostr.ParseClientMessage(frame)
	if m.Label == nostr.LabelClose && err == nil {
		s.close(m.SubID)
		return true
	}
	if wait := s.spend(m); wait > 0 {
		return s.tooFast(m, limited(wait))
	}
	if err != nil {
		s.malformed(m, err, frame)
		return true
	}
	switch m.Label {
	case nostr.LabelEvent:
		s.ok(m.Event.ID, s.relay.receive(m.Event, len(m.Raw), s))
	case nostr.LabelReq:
		s.asked.Store(true)
		s.request(m.SubID, m.Filters)
	case nostr.LabelAuth:
		s.ok(m.Event.ID, s.authenticate(m.Event))
	}
	return true
}

// spend takes a message's tokens: wide subscriptions cost more.
func (s *session) spend(m *nostr.ClientMessage) (wait time.Duration) {
	if s.exempt() {
		return 0
	}
	cost := 1
	for i := range m.Filters {
		cost += valuesOf(&m.Filters[i]) / 500
	}
	return s.relay.perIP.take(s.from, cost, s.factor, s.relay.options.Clock())
}

// tooFast says so and slows the connection down. What cannot even be answered
// by name ends it.
func (s *session) tooFast(m *nostr.ClientMessage, why string) bool {
	s.pause = true
	s.offer()
	switch {
	case (m.Label == nostr.LabelEvent || m.Label == nostr.LabelAuth) && m.ID != nostr.ID{}:
		s.ok(m.ID, verdict{reason: why})
	case m.Label == nostr.LabelReq && m.SubID != "":
		s.closed(m.SubID, why)
	default:
		s.relay.stats.refused(why)
		s.notice(why)
		return false
	}
	return true
}

// malformed answers a message that could not be read.
func (s *session) malformed(m *nostr.ClientMessage, err error, frame []byte) {
	why := "invalid: " + err.Error()
	switch {
	case errors.Is(err, nostr.ErrUnknownLabel):
		label, id := firstTwo(frame)
		if label == "COUNT" && id != "" {
			s.closed(id, "unsupported: this relay does not count")
			return
		}
		s.relay.stats.refused(why)
		s.notice("unsupported: " + err.Error())
	case (m.Label == nostr.LabelEvent || m.Label == nostr.LabelAuth) && m.ID != nostr.ID{}:
		s.ok(m.ID, verdict{reason: why})
	case m.Label == nostr.LabelReq && m.SubID != "":
		s.closed(m.SubID, why)
	default:
		s.relay.stats.refused(why)
		s.notice(why)
	}
}

// firstTwo reads a message's first two strings, as far as they are strings.
func firstTwo(frame []byte) (label, id string) {
	var parts []json.RawMessage
	if json.Unmarshal(frame, &parts) != nil || len(parts) < 2 {
		return "", ""
	}
	if json.Unmarshal(parts[0], &label) != nil || json.Unmarshal(parts[1], &id) != nil || len(id) > nostr.ReadSubIDLimit {
		return "", ""
	}
	return label, id
}
