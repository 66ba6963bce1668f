package control

import "time"

// Setting a signer up in a browser, while it has no vault. VerbConsoleCode makes
// a link below [SetUpPath] then; whoever has its code gets a token by
// VerbSetUpEnter, once, and may look and set up with it until there is a vault.
// Nothing else lets anybody set up.
const (
	VerbSetUpEnter = "set-up.enter" // SetUpEnter → SetUpPass
	VerbSetUpLook  = "set-up.look"  // Token → SetUpLook
	VerbSetUpMake  = "set-up.make"  // SetUpMake → SetUpDone
)

// SetUpPath leads to setting up, below the console's origin, with a code.
const SetUpPath = "/set-up/"

// SetUpEnter is the code of a link.
type SetUpEnter struct {
	Code string `json:"code"`
}

// SetUpPass lets its holder set up.
type SetUpPass struct {
	Token string    `json:"token"` // told once
	Ends  time.Time `json:"ends_at"`
}

// SetUpLook is what there is to choose.
type SetUpLook struct {
	// Relays are the public ones that may be used beside the own one; none when
	// the start of the signer has settled it.
	Relays []string `json:"relays"`
	// Shortest is how many characters a passphrase has at least.
	Shortest int `json:"shortest_passphrase"`
}

// SetUpMake makes the vault and its first identity. Relays are of
// [SetUpLook.Relays].
type SetUpMake struct {
	Token      string      `json:"token"`
	Identity   IdentityAdd `json:"identity"`
	Passphrase []byte      `json:"passphrase"`
	Lang       string      `json:"lang,omitempty"`
	Relays     []string    `json:"relays,omitempty"`
	Device     string      `json:"device,omitempty"`
}

// SetUpDone is the new identity, and the session of its owner.
type SetUpDone struct {
	Session  Session      `json:"session"`
	Identity IdentityInfo `json:"identity"`
}

// The verbs about recovery files.
const (
	VerbRecoveryMake = "recovery.make" // Name → Recovery
	VerbRecoveryTry  = "recovery.try"  // RecoveryTry → IdentityInfo
)

// Recovery is an identity's key in a file, sealed with a code.
type Recovery struct {
	Identity IdentityInfo `json:"identity"`
	File     string       `json:"file"`
	Code     string       `json:"code"`
}

// RecoveryTry gives a recovery file back, with its code, to see that it opens
// and holds the identity's key.
type RecoveryTry struct {
	Name string `json:"name"`
	File []byte `json:"file"`
	Code []byte `json:"code"`
}
