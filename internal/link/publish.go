package link

import (
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// Receipt is what became of one event at one relay.
type Receipt struct {
	Sent   bool   // the relay answered
	OK     bool   // it accepted the event
	Reason string // its text, or why there is no answer
}

// publish is one event on its way.
type publish struct {
	id     nostr.ID
	raw    []byte
	done   func(Receipt)
	timer  *time.Timer
	reason string // of a receipt without an answer
	again  bool   // sent once more after a sign-in
	signIn bool   // waits for a sign-in
}

func (p *publish) finish(receipt Receipt) {
	if p.timer != nil {
		p.timer.Stop()
	}
	p.done(receipt)
}

// Publish sends the JSON of one event; done hears exactly once what became of
// it, at most half a minute later, and must not block. While the relay is down it
// fails at once; during the very first attempt to connect it waits.
func (r *Relay) Publish(raw []byte, id nostr.ID, done func(Receipt)) {
	p := &publish{id: id, raw: raw, done: done}
	r.mu.Lock()
	switch {
	case r.conn != nil:
		r.send(p)
	case r.down || r.ended || len(r.early) >= maxEarly:
		r.mu.Unlock()
		p.finish(Receipt{Reason: "the connection is down"})
		return
	default:
		r.early = append(r.early, p)
	}
	r.mu.Unlock()
}

// send puts an event on the wire and waits for its receipt. The mutex is held.
func (r *Relay) send(p *publish) {
	r.pending[p.id] = append(r.pending[p.id], p)
	p.reason = "no answer in time"
	p.timer = time.AfterFunc(answerWithin, func() {
		if r.drop(p) {
			p.finish(Receipt{Reason: p.reason})
		}
	})
	r.write(p)
}

// write puts the EVENT frame on the wire, or has the timer report at once why
// it could not.
func (r *Relay) write(p *publish) {
	frame := append(make([]byte, 0, len(p.raw)+10), `["EVENT",`...)
	frame = append(append(frame, p.raw...), ']')
	if err := r.conn.SendFrame(frame); err != nil {
		p.reason = err.Error()
		p.timer.Reset(0)
		return
	}
	p.timer.Reset(answerWithin)
}

// drop takes one publish out of the pending ones; false if it is not there.
func (r *Relay) drop(p *publish) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.pending[p.id]
	for i, q := range list {
		if q == p {
			if len(list) == 1 {
				delete(r.pending, p.id)
			} else {
				r.pending[p.id] = append(list[:i:i], list[i+1:]...)
			}
			return true
		}
	}
	return false
}

// receipt hands an OK to whoever waits for it. The first auth-required leads to
// a sign-in and one more attempt.
func (r *Relay) receipt(m *nostr.RelayMessage) {
	r.mu.Lock()
	if r.auth.waiting[m.ID] {
		r.mu.Unlock()
		r.signedIn(m.ID, m.OK)
		return
	}
	list := r.pending[m.ID]
	delete(r.pending, m.ID)
	finished := list[:0]
	for _, p := range list {
		if !m.OK && authRequired(m.Message) && !p.again {
			p.again, p.signIn = true, true
			p.timer.Reset(answerWithin)
			r.pending[m.ID] = append(r.pending[m.ID], p)
			continue
		}
		finished = append(finished, p)
	}
	challenge := r.wantAuth(len(r.pending[m.ID]) > 0)
	r.mu.Unlock()
	if challenge != "" {
		r.o.Challenge(challenge)
	}
	for _, p := range finished {
		p.finish(Receipt{Sent: true, OK: m.OK, Reason: m.Message})
	}
}
