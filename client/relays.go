package client

import (
	"context"
	"errors"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// subscribe asks a relay for what comes for the app's key, from the signer alone
// once that is known. A narrower subscription replaces a wider one when it is
// live, so that nothing falls between them.
func (l *line) subscribe(r *relay) {
	f := nostr.Filter{Kinds: []nostr.Kind{nip46.Kind}, Tags: map[string][]string{"p": {l.pub.String()}},
		Since: new(time.Now().Add(-lookBack).Unix())}
	l.mu.Lock()
	if l.peer != nil {
		f.Authors = []nostr.PubKey{l.peer.key}
	}
	old := r.sub
	r.wanted++
	mine := r.wanted
	l.mu.Unlock()
	sub := r.link.Subscribe([]nostr.Filter{f}, link.SubHandler{
		Event: func(m *nostr.RelayMessage, _ bool) { l.receive(m.Event) },
		Live: func() {
			if old != nil {
				old.Close()
			}
			l.live(r, mine)
		},
		Closed: func(reason string) { l.deaf(r, mine, reason) },
	})
	l.mu.Lock()
	r.sub = sub
	l.mu.Unlock()
}

// drop leaves a relay.
func (l *line) drop(r *relay) {
	l.mu.Lock()
	for i, x := range l.relays {
		if x == r {
			l.relays = append(l.relays[:i:i], l.relays[i+1:]...)
		}
	}
	for _, c := range l.pending {
		delete(c.tries, r)
	}
	l.stir()
	l.mu.Unlock()
	r.cancel()
}

// stir wakes whoever waits for the state of relays or requests. The mutex is
// held.
func (l *line) stir() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// state hears how a connection stands.
func (l *line) state(r *relay, s link.State, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.live, r.state, r.once = false, s, r.once || s == link.Up
	if err != nil {
		r.reason, r.barred = clean(err.Error()), errors.Is(err, link.ErrAddress)
		l.o.Logger.Debug("relay", "url", r.url, "reason", r.reason)
	}
	l.stir()
}

// live hears that a subscription is confirmed: now requests may go out, and what
// is unanswered goes out again.
func (l *line) live(r *relay, sub int) {
	l.mu.Lock()
	if sub != r.wanted {
		l.mu.Unlock()
		return
	}
	r.live = true
	var waiting []*call
	for _, c := range l.pending {
		waiting = append(waiting, c)
	}
	l.stir()
	l.mu.Unlock()
	l.o.Logger.Debug("relay live", "url", r.url, "unanswered", len(waiting))
	for _, c := range waiting {
		l.send(c, r, true)
	}
}

// deaf hears that a relay ended the subscription.
func (l *line) deaf(r *relay, sub int, reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if sub == r.wanted {
		r.live, r.reason = false, clean(reason)
		l.stir()
	}
}

// awaitLive waits until a relay is live.
func (l *line) awaitLive(ctx context.Context) error {
	deadline := time.NewTimer(l.o.ConnectTimeout)
	defer deadline.Stop()
	for {
		l.mu.Lock()
		live, hopeless, changed := l.lives() > 0, l.hopeless(), l.changed
		err := l.unreachable()
		l.mu.Unlock()
		switch {
		case live:
			return nil
		case hopeless:
			return err
		}
		select {
		case <-changed:
		case <-deadline.C:
			return err
		case <-ctx.Done():
			return canceled(ctx)
		case <-l.ctx.Done():
			return errClosed()
		}
	}
}

// lives counts the live relays. The mutex is held.
func (l *line) lives() (n int) {
	for _, r := range l.relays {
		if r.live {
			n++
		}
	}
	return n
}

// hopeless reports whether every relay is refused by our address rules, or
// refused us from the beginning. The mutex is held.
func (l *line) hopeless() bool {
	for _, r := range l.relays {
		if r.state != link.Refused || r.once {
			return false
		}
	}
	return true
}
