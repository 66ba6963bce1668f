package relay

import "github.com/privyseal/privyseal/nostr"

// Local is the relay as the same process uses it, without a socket.
type Local struct{ relay *Relay }

// Local returns the in-process access.
func (r *Relay) Local() *Local { return &Local{r} }

// Publish offers an event made in this process, as JSON. Its id is checked, its
// signature and time are not. The answer is that of OK (NIP-01).
func (l *Local) Publish(event []byte) (ok bool, reason string) {
	v := l.publish(event)
	l.relay.stats.judged(v)
	return v.ok, v.reason
}

func (l *Local) publish(event []byte) verdict {
	r := l.relay
	e, err := nostr.ParseEvent(event)
	if err != nil {
		return refuse("invalid: %s", err)
	}
	to, v := shape(e)
	if !v.ok {
		return v
	}
	it := &item{event: e, to: to, at: r.options.Clock(), checked: true, ours: true}
	if v := r.welcome(it, len(event)); v != accepted {
		return v
	}
	if e.ComputeID() != e.ID {
		return refuse("invalid: %s", nostr.ErrBadID)
	}
	var out due
	defer out.flush()
	return r.publish(it, nil, &out)
}

// LocalSub is an in-process subscription to the events for some recipients.
type LocalSub struct {
	relay *Relay
	sub   *subscription
	queue *queue
	keys  map[nostr.PubKey]*filter // guarded by relay.mu
}

// Open begins a subscription without keys. Events come to deliver as JSON, one
// after the other, from a goroutine of the subscription's own: those of one
// connection in the order they were accepted, connections in turn. deliver may
// keep them but not change them, and may block. Their signatures may be
// unchecked. While deliver is slow events wait in a bounded queue; when that, or
// a connection's half of it, is full, publishers are told to wait.
func (l *Local) Open(deliver func(event []byte)) *LocalSub {
	r := l.relay
	q := newQueue(r.limits.LocalEvents, r.limits.LocalBytes)
	s := &LocalSub{
		relay: r,
		sub:   &subscription{out: q},
		queue: q,
		keys:  make(map[nostr.PubKey]*filter),
	}
	r.mu.Lock()
	if r.closing {
		q.end()
	}
	r.locals[s] = struct{}{}
	r.mu.Unlock()
	go func() {
		for {
			m, ok, ended := q.pop()
			switch {
			case ok:
				deliver(m.body[: len(m.body)-1 : len(m.body)-1])
			case ended:
				return
			default:
				<-q.wake
			}
		}
	}()
	return s
}

// Add subscribes to events for keys made at or after since (Unix seconds), kept
// ones first. A key that is there already has its since replaced.
func (s *LocalSub) Add(keys []nostr.PubKey, since int64) {
	r := s.relay
	f := &filter{axis: byRecipient, request: true, legacy: true, since: &since}
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.keys == nil {
		return
	}
	for _, k := range keys {
		s.remove(k)
		s.keys[k] = f
		r.served[k]++
		r.index.add(byRecipient, key(k), entry{s.sub, f})
		f.keys = append(f.keys, key(k))
	}
	items := r.mail.find([]*filter{f}, r.options.Clock())
	f.keys = nil
	for _, it := range fitting(items, s.queue) {
		if s.queue.push(message{body: it.json}) {
			it.heard = true
			r.stats.replayed.Add(1)
		}
	}
}

// Remove ends the subscription to keys; their mail is kept for a while.
func (s *LocalSub) Remove(keys []nostr.PubKey) {
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	for _, k := range keys {
		s.remove(k)
	}
}

// Close ends the subscription. What is queued is still delivered.
func (s *LocalSub) Close() {
	r := s.relay
	r.mu.Lock()
	defer r.mu.Unlock()
	for k := range s.keys {
		s.remove(k)
	}
	s.keys = nil
	delete(r.locals, s)
	s.queue.end()
}

// remove is called with the relay's mu held.
func (s *LocalSub) remove(k nostr.PubKey) {
	f, ok := s.keys[k]
	if !ok {
		return
	}
	delete(s.keys, k)
	r := s.relay
	r.index.remove(byRecipient, key(k), entry{s.sub, f})
	if r.served[k]--; r.served[k] == 0 {
		delete(r.served, k)
	}
	r.listened.add(k, r.options.Clock())
}
