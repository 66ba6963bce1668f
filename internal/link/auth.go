package link

import (
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// How soon a sign-in is asked for again: sooner when the relay refused the last
// one than when it was never sent. Refused REQs, whose pauses grow, lead to it.
const (
	askAgain        = answerWithin / 2
	askAfterRefusal = 400 * time.Millisecond
)

// auth is the sign-in of one connection (NIP-42). Nobody signs in unasked: only
// when the relay refuses something for want of it.
type auth struct {
	challenge string
	wanted    bool              // something waits for a sign-in
	asked     time.Time         // when the callback was last called
	waiting   map[nostr.ID]bool // sent, no OK yet
	ok        bool              // one of them was accepted
	refused   bool              // none of them was
	timer     *time.Timer
}

func (a *auth) stop() {
	if a.timer != nil {
		a.timer.Stop()
	}
	*a = auth{}
}

// wantAuth notes that a sign-in is wanted, if it is, and returns the challenge
// when it is time to ask for one. The mutex is held.
func (r *Relay) wantAuth(wanted bool) (challenge string) {
	a := &r.auth
	a.wanted = a.wanted || wanted
	if !a.wanted || a.challenge == "" || len(a.waiting) > 0 {
		return ""
	}
	pause := askAgain
	if a.refused {
		pause = askAfterRefusal
	}
	if !a.asked.IsZero() && time.Since(a.asked) < pause {
		return ""
	}
	a.asked, a.refused = time.Now(), false
	return a.challenge
}

func (r *Relay) challenged(challenge string) {
	r.mu.Lock()
	if challenge != r.auth.challenge {
		r.auth.challenge, r.auth.asked = challenge, time.Time{}
	}
	challenge = r.wantAuth(false)
	r.mu.Unlock()
	if challenge != "" {
		r.o.Challenge(challenge)
	}
}

// Authenticate signs in with the JSON of one or more signed events of kind
// 22242. An answer to a challenge that is not the relay's latest is ignored.
func (r *Relay) Authenticate(challenge string, events [][]byte) error {
	var frames [][]byte
	waiting := map[nostr.ID]bool{}
	for _, raw := range events {
		e, err := nostr.ParseEvent(raw)
		if err != nil {
			return err
		}
		waiting[e.ID] = true
		frames = append(frames, append(append([]byte(`["AUTH",`), raw...), ']'))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.conn == nil || challenge != r.auth.challenge || len(frames) == 0 {
		return nil
	}
	r.auth.waiting, r.auth.ok = waiting, false
	for _, f := range frames {
		r.sendFrame(f)
	}
	conn := r.conn
	r.auth.timer = time.AfterFunc(answerWithin, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.conn == conn {
			r.authDone()
		}
	})
	return nil
}

// signedIn counts the relay's answer to one sign-in.
func (r *Relay) signedIn(id nostr.ID, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.auth.waiting, id)
	r.auth.ok = r.auth.ok || ok
	if len(r.auth.waiting) == 0 {
		r.authDone()
	}
}

// authDone repeats what waited, if any sign-in was accepted. What waits
// otherwise has a time limit of its own. The mutex is held.
func (r *Relay) authDone() {
	a := &r.auth
	a.timer.Stop()
	a.waiting, a.wanted, a.refused = nil, false, !a.ok
	if !a.ok {
		return
	}
	for _, s := range r.subs {
		if s.signIn {
			r.request(s)
		}
	}
	for _, list := range r.pending {
		for _, p := range list {
			if p.signIn {
				p.signIn = false
				r.write(p)
			}
		}
	}
}
