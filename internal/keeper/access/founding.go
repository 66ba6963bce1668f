package access

import (
	"context"
	"crypto/subtle"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// founding is the way in for whoever sets the signer up: a code that works
// once, then a token. There is one at a time; a newer one ends it. The zero
// value lets nobody in.
type founding struct {
	mu          sync.Mutex
	code, token pass
}

// pass is what is kept of a code or token: its hash, and how long it is good.
type pass struct {
	hash [32]byte
	ends time.Time
}

func (p pass) is(text string, now time.Time) bool {
	h := hash(text)
	return now.Before(p.ends) && subtle.ConstantTimeCompare(p.hash[:], h[:]) == 1
}

// FoundingCode makes a code for whoever sets the signer up.
func (d *Desk) FoundingCode() control.PersonCode {
	text, ends := token(), d.Now().Add(CodeFor)
	d.founding.mu.Lock()
	defer d.founding.mu.Unlock()
	d.founding.code = pass{hash(text), ends}
	return control.PersonCode{Code: text, Link: d.link(control.SetUpPath, text), ExpiresAt: ends}
}

// FoundingPass takes the code for a token.
func (d *Desk) FoundingPass(code string) (control.SetUpPass, error) {
	f := &d.founding
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.code.is(code, d.Now()) {
		return control.SetUpPass{}, privyseal.E(privyseal.KindDenied, "this link was used already, or is over", "get a new one with: privyseal console")
	}
	text, ends := token(), d.Now().Add(IdleFor)
	f.code, f.token = pass{}, pass{hash(text), ends}
	return control.SetUpPass{Token: text, Ends: ends}, nil
}

// Founder reports whether a token is the one that may set up.
func (d *Desk) Founder(text string) bool {
	d.founding.mu.Lock()
	defer d.founding.mu.Unlock()
	return d.founding.token.is(text, d.Now())
}

// Founded ends the way in, and begins the session of who came by it, as the
// owner.
func (d *Desk) Founded(ctx context.Context, device string) (control.Session, error) {
	d.founding.mu.Lock()
	d.founding.code, d.founding.token = pass{}, pass{}
	d.founding.mu.Unlock()
	who, err := d.owner(ctx)
	if err != nil {
		return control.Session{}, err
	}
	return d.begin(ctx, who, byPassphrase, device, nil)
}
