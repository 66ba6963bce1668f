package relay

import (
	"fmt"
	"time"

	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/schnorr"
)

// verdict is what OK says about an event.
type verdict struct {
	ok     bool
	reason string
}

var (
	accepted  = verdict{ok: true}
	duplicate = verdict{true, "duplicate: already have this event"}
	muted     = verdict{reason: "mute: no one is listening for this key"}
)

func refuse(format string, args ...any) verdict {
	return verdict{reason: fmt.Sprintf(format, args...)}
}

// limited is the answer to whom a quota stops.
func limited(wait time.Duration) string {
	return fmt.Sprintf("rate-limited: wait %d s", max(1, int((wait+time.Second-1)/time.Second)))
}

// receive takes an event from a websocket: cheap checks first, then quotas,
// then the signature. size is its length as it came.
func (r *Relay) receive(e *nostr.Event, size int, s *session) verdict {
	start, now := time.Now(), r.options.Clock()
	defer func() { r.stats.took.Add(int64(time.Since(start))) }()
	to, v := shape(e)
	if !v.ok {
		return v
	}
	it := &item{event: e, to: to, at: now}
	if v := r.welcome(it, size); v != accepted {
		return v
	}
	if !s.exempt() {
		p := pair{s.from.prefix, e.PubKey, to}
		if wait := r.perPair.take(p, 1, s.factor, now); wait > 0 {
			s.offer()
			return verdict{reason: limited(wait)}
		}
	}
	if e.ComputeID() != e.ID {
		return refuse("invalid: %s", nostr.ErrBadID)
	}
	return r.publish(it, s, &s.due)
}

// shape checks what can be seen without knowing anything else.
func shape(e *nostr.Event) (to nostr.PubKey, v verdict) {
	switch e.Kind {
	case kindRequest, kindLegacy:
	case kindAuth:
		return to, refuse("blocked: kind %d belongs in an AUTH message", e.Kind)
	default:
		return to, refuse("blocked: this relay carries only kind %d", kindRequest)
	}
	n := 0
	for _, t := range e.Tags {
		if t[0] != "p" || len(t) < 2 {
			continue
		}
		k, ok := parseKey(t[1])
		if !ok {
			return to, refuse("invalid: the p tag is not a public key in 64 lower-case hex digits")
		}
		to = nostr.PubKey(k)
		n++
	}
	if n != 1 {
		return to, refuse("invalid: an event needs exactly one p tag, this one has %d", n)
	}
	return to, accepted
}

// welcome decides, before anything is computed, whether an event may come in at
// all: its size and time, whether it came before, and whether anybody wants it.
func (r *Relay) welcome(it *item, size int) verdict {
	e := it.event
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closing {
		return refuse("error: shutting down")
	}
	it.known = it.ours || r.knows(it.to) || r.knows(e.PubKey)
	if !it.known && r.options.Private {
		return refuse("blocked: this relay serves other keys")
	}
	most := r.limits.StrangerEvent
	if it.known || r.options.Open {
		most = r.limits.Event
	}
	if size > most {
		return refuse("invalid: the event is larger than %d bytes", most)
	}
	if r.seen.has(checkedMark(e), it.at) {
		return duplicate
	}
	if off := e.CreatedAt - it.at.Unix(); !it.ours && (off > int64(r.limits.Ahead/time.Second) || off < -int64(r.limits.Past/time.Second)) {
		return refuse("invalid: your clock is %d s off", off)
	}
	r.targets = r.index.match(r.targets[:0], it)
	if len(r.targets) == 0 && !r.holds(it) {
		return muted
	}
	return accepted
}

// holds reports whether mail is kept for a recipient nobody listens for.
func (r *Relay) holds(it *item) bool {
	return r.knows(it.to) || r.listened.has(it.to, it.at)
}

// publish queues an event whose id is right for whoever wants it, and keeps it;
// by is nil when it was made in this process, and what is to be flushed is added
// to out. Its signature is checked here unless nobody but in-process listeners
// will see it.
func (r *Relay) publish(it *item, by *session, out *due) verdict {
	e := it.event
	raw := e.AppendJSON(nil)
	it.json = append(raw, ']')
	unchecked := uncheckedMark(e)

	r.mu.Lock()
	defer r.mu.Unlock()
	r.targets = r.index.match(r.targets[:0], it)
	if !it.checked && !onlyLocal(r.targets) {
		r.mu.Unlock()
		err := signed(e)
		r.mu.Lock()
		if err != nil {
			return refuse("invalid: %s", err)
		}
		it.checked = true
		r.stats.checked.Add(1)
		r.targets = r.index.match(r.targets[:0], it)
	}
	if r.seen.has(checkedMark(e), it.at) || r.seen.has(unchecked, it.at) {
		return duplicate
	}
	full := false
	for _, s := range r.targets {
		m := message{head: s.head, body: it.json}
		if s.local() {
			m.by = by
		}
		switch {
		case s.out.push(m):
			it.heard = true
			r.stats.delivered.Add(1)
			if !s.local() {
				out.add(s.conn)
			}
		case s.local():
			full = true
		default:
			s.conn.full()
		}
	}
	if full && !it.heard {
		return refuse("rate-limited: the signer is busy, wait 1 s")
	}
	if len(r.targets) == 0 && !r.holds(it) {
		return muted
	}
	kept := r.mail.keep(it)
	if !it.heard && !kept {
		return refuse("rate-limited: the mailbox is full, wait %d s", r.limits.MailboxTime/time.Second)
	}
	if kept {
		r.stats.kept.Add(1)
		r.sweepLater()
	}
	if it.checked {
		r.seen.add(checkedMark(e), it.at)
	} else {
		r.seen.add(unchecked, it.at)
	}
	return accepted
}

// signed checks a signature alone: the id was compared with the hash when the
// event came.
func signed(e *nostr.Event) error {
	if !schnorr.Default.Verify((*[32]byte)(&e.PubKey), (*[32]byte)(&e.ID), (*[64]byte)(&e.Sig)) {
		return nostr.ErrBadSignature
	}
	return nil
}

// onlyLocal reports whether there are listeners and all are in this process.
func onlyLocal(targets []*subscription) bool {
	for _, s := range targets {
		if !s.local() {
			return false
		}
	}
	return len(targets) > 0
}
