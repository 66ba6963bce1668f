// Package effect says what an operation would do: to whom, where, who would see
// it, what is lost, what cannot be undone, how much it could cost (its level)
// and why, and whether it must be asked or refused whatever was granted. It is
// pure: it refuses to read a clock, to look anything up, to allow anything, and
// to hold a sentence.
package effect

import (
	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// Effect is what a request would do. The zero value has an unknown level,
// which policy refuses.
type Effect struct {
	Op     privyseal.Operation
	Kind   int          // of sign_event, else -1
	Act    Act          // what it does, in the person's terms
	Person nostr.PubKey // whom it concerns; zero: nobody, or several
	Who    Who          // Person, as known here
	Host   string       // scope of kinds 27235, 24242 and 22242: lower-case host, with a port that is not the default
	Relay  string       // scope of kind 22242: normalised URL
	// Audience is who gets to see it.
	Audience Audience
	// Final says that nothing takes it back: it is paid, sent or shown.
	Final bool
	// Undo says that a copy of what it replaces is kept, so that it can be put back.
	Undo bool
	// Level is how much it could cost, raised when the app is young, or does it
	// more often than is usual.
	Level privyseal.Level
	// Base is the level without the app's youth and pace: what a grant or preset
	// consents to, since neither overrides those (a budget is the person's own
	// word about the pace).
	Base        privyseal.Level
	Rise        bool // the level was raised by a failed check, by youth or by pace
	SameSite    bool // Host is the app's checked host
	CheckedHost string
	Guard       string // code of a threshold that asks even if granted; "": none
	Blocked     string // code of why it is refused whatever was granted; "": it is not
	Reasons     []Reason
	Summary     Summary
}

// Scopes are the targets of grants that fit: a person's key in hex, a relay
// and its host, a host. None when the operation has no scope, or when its scope
// is unclear.
func (e *Effect) Scopes() []string {
	switch {
	case e.Op.Decrypts() || e.Op == privyseal.OpNip04Encrypt || e.Op == privyseal.OpNip44Encrypt:
		return []string{e.Person.String()}
	case e.Op != privyseal.OpSignEvent:
		return nil
	case e.Kind == kindRelayLogin && e.Relay != "":
		return []string{e.Relay, e.Host}
	case (e.Kind == kindWebLogin || e.Kind == kindFile) && e.Host != "":
		return []string{e.Host}
	}
	return nil
}

// Audience is who gets to see what is done. The zero value is not known.
type Audience int

// The audiences.
const (
	AudienceUnknown Audience = iota
	ThisApp                  // the app that asks
	You                      // sealed for the person alone
	OnePerson                // sealed for somebody
	Place                    // one service
	Group                    // a group, which may be open to everyone
	Everyone
)

// Who is somebody, as far as known here.
type Who struct {
	Key     nostr.PubKey
	Name    string // "": not known
	Petname bool   // the person's own word for them
}

// Entry is one thing on a list, or one that would be deleted.
type Entry struct {
	Tag, Value string // as the app or the version before has it
	Who        Who    // of a person
}

// Summary is what words need to know of the request beyond its bytes.
type Summary struct {
	Items   int     // how many things: deleted posts, follows, receivers
	Known   bool    // the version before is known, so Added and Removed are true
	Added   int     // against the version before
	Removed int     // against the version before
	Before  int     // how many things the version before had
	New     []Entry // the first few of what is added
	Gone    []Entry // the first few of what is removed, or would be deleted
	Changes []Field // of a profile
	Type    int     // the number a person must type to go on; 0: none

	Amount    int64 // in sats; 0: none named
	Left      int64 // for payments today, before this one, when LeftKnown
	LeftKnown bool
	Payee     string // whom an invoice pays, when a tip asked for lately says so

	Title    string // of an article, a list, an offer; as the app wrote it
	OldTitle string // of the version before
	OldTime  int64  // Unix seconds, of the version before
	Price    string // of an offer; as the app wrote it
	Group    string // its id; as the app wrote it
	Option   string // of a vote; as the poll, else the app, wrote it
	Emoji    string // of a reaction; as the app wrote it
	Method   string // of a web login or a wallet order
	Quote    bool   // the content is meant to be read by people
	Text     string // what is inside a sealed content, when known: shown in its place
}

// few is how many entries are named one by one.
const few = 5
