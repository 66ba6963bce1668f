package login

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// ErrNone says that there is no such challenge or session, or no longer.
var ErrNone = errors.New("login: there is none")

// Hash names a secret without telling it.
type Hash [sha256.Size]byte

// Pending is a challenge that nobody has answered yet.
type Pending struct {
	Challenge Hash
	Browser   Hash // that asked
	Ends      time.Time
}

// Kept is a session as it is kept.
type Kept struct {
	Token   Hash
	PubKey  nostr.PubKey
	Created time.Time
	Used    time.Time
	Ends    time.Time
}

// Store keeps challenges and sessions. Implementations pass logintest.
type Store interface {
	// AddPending keeps a challenge.
	AddPending(ctx context.Context, p Pending) error
	// TakePending takes a challenge out: of any number of calls at once, one
	// gets it. [ErrNone] if it is not there, ended, or another browser's, which
	// loses nothing.
	TakePending(ctx context.Context, challenge, browser Hash, now time.Time) error
	// AddSession keeps a session.
	AddSession(ctx context.Context, s Kept) error
	// Session finds one that has not ended by now; else [ErrNone].
	Session(ctx context.Context, token Hash, now time.Time) (Kept, error)
	// Touch notes that a session was used, and when it ends.
	Touch(ctx context.Context, token Hash, used, ends time.Time) error
	// EndSession ends one; none is no error.
	EndSession(ctx context.Context, token Hash) error
	// EndSessions ends all of a key.
	EndSessions(ctx context.Context, key nostr.PubKey) error
	// Sweep forgets what ended before now.
	Sweep(ctx context.Context, now time.Time) error
}
