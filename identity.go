package privyseal

import (
	"time"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// Identity is one person's (or one project's) Nostr account in the vault.
type Identity struct {
	ID      string
	Name    string
	PubKey  nostr.PubKey
	Sealed  []byte // the secret key, sealed by the vault
	Created time.Time
}

// AppState is where an app's session stands. The zero value has no power.
type AppState uint8

// The states of an app's session.
const (
	AppUnknown AppState = iota
	AppActive
	AppPaused
	AppRevoked
	AppExpired
	AppLoggedOut
)

// String names the state.
func (s AppState) String() string {
	switch s {
	case AppActive:
		return "active"
	case AppPaused:
		return "paused"
	case AppRevoked:
		return "revoked"
	case AppExpired:
		return "expired"
	case AppLoggedOut:
		return "logged out"
	case AppUnknown:
	}
	return "unknown"
}

// App is one paired client: a session between its client key and a
// remote-signer key of its own.
type App struct {
	ID         string
	Identity   string
	Client     nostr.PubKey
	Signer     nostr.PubKey
	SignerKey  []byte // the remote-signer secret, sealed; nil with a compatible link
	Compatible bool   // the remote-signer key is the user key
	Label      string // the person's own name for it
	Claimed    nip46.Metadata
	Relays     []string // where the app listens and sends
	Cipher     Cipher   // last seen on the wire
	Preset     string
	Created    time.Time
	LastSeen   time.Time
	Ends       time.Time // zero: no end
	State      AppState
	StateSince time.Time
}

// Name is what to call the app: the person's label, else its own claim, else
// the start of its id.
func (a *App) Name() string {
	switch {
	case a.Label != "":
		return a.Label
	case a.Claimed.Name != "":
		return a.Claimed.Name
	}
	return "app " + a.ID[:min(8, len(a.ID))]
}

// Invitation is a bunker:// link waiting for its app.
type Invitation struct {
	ID         string
	Identity   string
	Signer     nostr.PubKey
	SignerKey  []byte // sealed; nil with a compatible link
	Compatible bool
	SecretHash [32]byte // SHA-256 of the secret
	Label      string
	Preset     string
	Grants     []Grant
	Relays     []string
	Created    time.Time
	Expires    time.Time
	UsedBy     nostr.PubKey // zero until used
	Used       time.Time
}

// Grant is what the person allowed, wants to be asked, or refused, for one app.
// A grant without a verdict refuses.
type Grant struct {
	ID         string
	App        string
	Permission nip46.Permission
	Verdict    Verdict
	Given      time.Time
	Until      time.Time // zero: as long as the session
	Origin     string
	Reach      Level  // the highest level a consent covers; unknown: what its permission reaches
	Note       string // what the person wrote beside it in a policy file
}

// BudgetUse is how much of a grant's budget its current window has used.
type BudgetUse struct {
	Grant  string
	Window time.Time // start
	Used   int
}
