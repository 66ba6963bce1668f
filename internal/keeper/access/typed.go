package access

import (
	"sync"
	"time"

	"github.com/privyseal/privyseal"
)

// typed is what passphrases count for besides signing in: for each session that
// began by one, the thing that was named then, once and for as long as a
// challenge may be signed. The zero value is ready.
type typed struct {
	mu   sync.Mutex
	open map[[32]byte]pass // by session
}

func (t *typed) put(session [32]byte, what string, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open == nil {
		t.open = map[[32]byte]pass{}
	}
	for s, p := range t.open {
		if !now.Before(p.ends) {
			delete(t.open, s)
		}
	}
	t.open[session] = pass{hash(what), now.Add(challengeFor)}
}

// Typed reports whether the passphrase that a session began with was typed for
// this, moments ago; with spend it counts no more.
func (d *Desk) Typed(l privyseal.Login, what string, spend bool) bool {
	d.typed.mu.Lock()
	defer d.typed.mu.Unlock()
	p, ok := d.typed.open[l.Hash]
	if !ok || what == "" || !p.is(what, d.Now()) {
		return false
	}
	if spend {
		delete(d.typed.open, l.Hash)
	}
	return true
}
