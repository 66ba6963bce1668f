package webapp

import (
	"errors"
	"time"

	"github.com/privyseal/privyseal/login"
	"github.com/privyseal/privyseal/nostr"
)

// Options say where an app stands and whom it talks to.
type Options struct {
	// Origin is the app's own, as the browser shows it.
	Origin string
	// Relay keeps posts, profiles and lists: ws:// or wss://.
	Relay string
	// Signer is the origin of the signer that is offered to who has none in the
	// browser, SignerRelay the relay it listens on.
	Signer, SignerRelay string
	// Other is the origin of the other of the two apps, "" for none.
	Other string
	// Key is the board's own: it signs the poll, badges and passes.
	Key nostr.Keypair
	// TestWallet is the connection of a wallet to try things with, "" for none.
	TestWallet string
	// Hint is shown to who signs in, "" for nothing.
	Hint string
	// Store keeps sign-ins; nil forgets them with the process.
	Store login.Store
	// Now is for tests; nil is the clock.
	Now func() time.Time
}

func (o *Options) check() error {
	if o.Relay == "" {
		return errors.New("webapp: a relay is missing")
	}
	if o.Store == nil {
		o.Store = login.NewMemory()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return nil
}
