package relay

import (
	"encoding/json"
	"fmt"

	"github.com/privyseal/privyseal/nostr"
)

// request handles REQ: what is kept and matches, oldest first, EOSE, then what
// comes. A subscription of the same id is replaced in the same moment, so that
// nothing falls between the two.
func (s *session) request(id string, filters []nostr.Filter) {
	r := s.relay
	if len(filters) > r.limits.Filters {
		s.closed(id, fmt.Sprintf("blocked: more than %d filters", r.limits.Filters))
		return
	}
	var compiled []*filter
	keys := 0
	for i := range filters {
		f := &filters[i]
		if broad(f) {
			s.closed(id, "blocked: a filter for these kinds needs #p, authors or ids")
			return
		}
		if widest(f) > r.limits.FilterKeys {
			s.closed(id, fmt.Sprintf("blocked: more than %d values in a list", r.limits.FilterKeys))
			return
		}
		if c := compile(f); c != nil {
			compiled = append(compiled, c)
			keys += len(c.keys)
		}
	}
	head, _ := json.Marshal(id) // a string always marshals
	sub := &subscription{head: append(append([]byte(`["EVENT",`), head...), ','), out: s.out, conn: s}
	r.checkKept(compiled)

	r.mu.Lock()
	why := s.replace(id, sub, compiled, keys)
	if why == "" {
		s.replay(sub, compiled)
		s.send(nostr.RelayMessage{Label: nostr.LabelEOSE, SubID: id})
	}
	r.mu.Unlock()
	if why != "" {
		s.closed(id, why)
	}
}

// replace puts a subscription in the place of the one of the same id, or says
// why not; the old one has then ended. It is called with mu held.
func (s *session) replace(id string, sub *subscription, filters []*filter, keys int) (why string) {
	s.drop(id)
	r := s.relay
	switch {
	case r.closing:
		return "error: shutting down"
	case len(s.subs) >= r.limits.Subscriptions:
		return fmt.Sprintf("blocked: more than %d subscriptions", r.limits.Subscriptions)
	case s.keys+keys > r.limits.ConnKeys:
		return fmt.Sprintf("blocked: more than %d keys on one connection", r.limits.ConnKeys)
	case r.index.keys+keys > r.limits.Keys:
		return "rate-limited: too many subscriptions, wait 60 s"
	}
	r.index.subscribe(sub, filters)
	s.subs[id] = sub
	s.keys += keys
	return ""
}

// close handles CLOSE.
func (s *session) close(id string) {
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	s.drop(id)
}

// drop ends a subscription; its recipients count as listened for a while. It is
// called with mu held.
func (s *session) drop(id string) {
	sub, ok := s.subs[id]
	if !ok {
		return
	}
	delete(s.subs, id)
	s.keys -= sub.keys
	r := s.relay
	now := r.options.Clock()
	r.index.unsubscribe(sub, func(k nostr.PubKey) { r.listened.add(k, now) })
}

// replay queues what is kept. If a reader has no room for all, the newest that
// fit are sent, and half of the room is left for what comes.
func (s *session) replay(sub *subscription, filters []*filter) {
	r := s.relay
	items := r.mail.find(filters, r.options.Clock())
	for _, it := range fitting(items, sub.out) {
		if r.sound(it) && sub.out.push(message{head: sub.head, body: it.json}) {
			r.stats.replayed.Add(1)
		}
	}
}

// fitting leaves the newest items that fill at most half of a queue's room.
func fitting(items []*item, q *queue) []*item {
	count, bytes := q.room()
	count, bytes = count/2, bytes/2
	first := len(items)
	for first > 0 && count > 0 && bytes >= len(items[first-1].json) {
		first--
		count--
		bytes -= len(items[first].json)
	}
	return items[first:]
}

// checkKept checks the signatures of kept events that a websocket is about to
// be sent, outside the lock.
func (r *Relay) checkKept(filters []*filter) {
	r.mu.Lock()
	var open []*item
	for _, it := range r.mail.find(filters, r.options.Clock()) {
		if !it.checked {
			open = append(open, it)
		}
	}
	r.mu.Unlock()
	for _, it := range open {
		err := signed(it.event)
		r.mu.Lock()
		r.judge(it, err)
		r.mu.Unlock()
	}
}

// sound reports whether a kept event's signature is good. It is called with mu held.
func (r *Relay) sound(it *item) bool {
	if !it.checked && !it.forged {
		r.judge(it, signed(it.event))
	}
	return it.checked
}

// judge records a late check; a forgery leaves the mailbox.
func (r *Relay) judge(it *item, err error) {
	if it.checked || it.forged {
		return
	}
	r.stats.checked.Add(1)
	it.checked, it.forged = err == nil, err != nil
	if it.forged && r.mail.holds(it) {
		r.mail.drop(it)
	}
}

// shut tells every subscription that the relay ends, and ends the queue. It is
// called with mu held.
func (s *session) shut() {
	for id := range s.subs {
		s.send(nostr.RelayMessage{Label: nostr.LabelClosed, SubID: id, Message: "error: shutting down: connect again in a moment"})
		s.drop(id)
	}
	s.out.end()
	s.handOver()
}

// leave ends everything a connection had.
func (s *session) leave() {
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	for id := range s.subs {
		s.drop(id)
	}
	delete(s.relay.sessions, s)
}

// widest is the length of a filter's longest list.
func widest(f *nostr.Filter) int {
	n := max(len(f.IDs), len(f.Authors), len(f.Kinds))
	for _, v := range f.Tags {
		n = max(n, len(v))
	}
	return n
}

// valuesOf counts the values in a filter's lists.
func valuesOf(f *nostr.Filter) int {
	n := len(f.IDs) + len(f.Authors) + len(f.Kinds)
	for _, v := range f.Tags {
		n += len(v)
	}
	return n
}
