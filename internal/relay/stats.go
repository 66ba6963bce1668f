package relay

import (
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Stats is what the relay has done since it began, and what it holds now.
type Stats struct {
	Accepted  uint64            // events
	Refused   map[string]uint64 // events and subscriptions, by the prefix of the reason
	Delivered uint64            // events given to subscriptions, once for each
	Kept      uint64            // events put in the mailbox
	Replayed  uint64            // events given from the mailbox
	Checked   uint64            // signatures
	Examined  uint64            // filters compared with an event
	Took      time.Duration     // from an event's arrival to its verdict, all websocket events together
	Slow      uint64            // connections cut off because they did not read

	Connections   int
	Subscriptions int
	Keys          int // indexed values
	MailEvents    int // in the mailbox
	MailBytes     int // in the mailbox
}

// counters are the running totals of [Stats].
type counters struct {
	accepted, delivered, kept, replayed, checked, slow atomic.Uint64
	took                                               atomic.Int64

	mu      sync.Mutex
	reasons map[string]uint64
}

// judged counts a verdict.
func (c *counters) judged(v verdict) {
	if v.ok {
		c.accepted.Add(1)
	} else {
		c.refused(v.reason)
	}
}

// refused counts a reason by its prefix.
func (c *counters) refused(why string) {
	prefix, _, _ := strings.Cut(why, ":")
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reasons == nil {
		c.reasons = make(map[string]uint64)
	}
	c.reasons[prefix]++
}

// Stats returns the totals.
func (r *Relay) Stats() Stats {
	c := &r.stats
	s := Stats{
		Accepted:  c.accepted.Load(),
		Delivered: c.delivered.Load(),
		Kept:      c.kept.Load(),
		Replayed:  c.replayed.Load(),
		Checked:   c.checked.Load(),
		Took:      time.Duration(c.took.Load()),
		Slow:      c.slow.Load(),
	}
	c.mu.Lock()
	s.Refused = maps.Clone(c.reasons)
	c.mu.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	s.Examined = r.index.examined
	s.Connections = len(r.sessions)
	for se := range r.sessions {
		s.Subscriptions += len(se.subs)
	}
	s.Keys = r.index.keys
	s.MailEvents, s.MailBytes = r.mail.events, r.mail.bytes
	return s
}
