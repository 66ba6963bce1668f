// Package effect says what an operation would do: to whom, where, how much it
// could cost (its level), what a person should hear about it, and whether it
// must be asked or refused whatever was granted. It is pure: it refuses to read
// a clock, to look anything up, to allow anything, and to hold a sentence.
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
	Host   string       // scope of kinds 27235, 24242 and 22242: lower-case host, with a port that is not the default
	Relay  string       // scope of kind 22242: normalised URL
	// Level is how much it could cost, raised when the app is young.
	Level privyseal.Level
	// Base is the level without the app's youth: what a grant or preset
	// consents to, since age alone overrides neither.
	Base        privyseal.Level
	Rise        bool // the level was raised by youth or a failed check
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

// Reason is one thing that raised a level, or that a person should hear.
type Reason struct {
	Code string // see the Reason… constants
	N    int64  // how many, or seconds
	Text string // a value to show as a claim
}

// Summary is what words need to know of the request beyond its bytes.
type Summary struct {
	Items   int    // how many things: deleted posts, follows, receivers
	Known   bool   // the version before is known, so Added and Removed are true
	Added   int    // against the version before
	Removed int    // against the version before
	Before  int    // how many things the version before had
	Amount  int64  // in sats; 0: none named
	Title   string // of an article, a list, an offer; as the app wrote it
	Emoji   string // of a reaction; as the app wrote it
	Method  string // of a web login or a wallet order
	Quote   bool   // the content is meant to be read by people
}

// Codes of reasons, guards and blocks.
const (
	ReasonNew       = "young-app"         // the app was paired less than a day ago
	ReasonTags      = "big-tags"          // more than 4 KB of tags of unknown names
	ReasonClock     = "clock"             // stamped more than ten minutes off; N is seconds, ahead positive
	ReasonUnchecked = "unchecked"         // what would be lost is not known
	ReasonRemoves   = "removes-many"      // N entries would go
	ReasonEmpties   = "empties"           // nothing would be left
	ReasonErases    = "erases"            // Text names the profile fields that would vanish
	ReasonWallet    = "wallet"            // Text is where tips would go
	ReasonMentions  = "mentions-many"     // N people are named
	ReasonAllOlder  = "all-older"         // older versions too
	ReasonCore      = "deletes-core"      // profile, follows or posting places
	ReasonIllegal   = "illegal"           // a report says it is against the law
	ReasonUnseen    = "unseen"            // the content cannot be read by us
	ReasonLeak      = "leaks-receiver"    // others see whom one writes to
	ReasonForeign   = "foreign-relay"     // the relay is not on the person's list
	ReasonSite      = "different-site"    // Host is not the app's checked host; Text is the latter
	ReasonNoBody    = "no-body-hash"      // a changing web login does not say what is sent
	ReasonNoFile    = "no-file-hash"      // a file permission is for any file
	ReasonLong      = "long-lived"        // a file permission is good for over a day
	ReasonTagsSeal  = "sealed-tags"       // a sealed message has tags
	ReasonReplaces  = "replaces"          // an older version goes
	ReasonNotKept   = "not-kept"          // services do not keep it
	ReasonManyGet   = "many-receivers"    // N people receive it
	ReasonPrivate   = "private-part"      // part of it is not readable
	ReasonHidden    = "private-gone"      // the private part would go
	ReasonGutted    = "gutted"            // most of the old text would go
	ReasonAnyHost   = "any-host"          // a file permission is good at every host
	ReasonSecret    = "secret-in-text"    // a key, recovery words, or a wallet link
	ReasonOwn       = "own-key"           // the peer is one of our own keys
	ReasonInvalid   = "invalid"           // not a request that can be weighed
	ReasonFuture    = "future"            // stamped so far ahead that it would win for long
	ReasonSigner    = "speaks-as-signer"  // kind 24133
	ReasonVanish    = "vanish"            // kind 62
	ReasonLogin     = "bad-login"         // a relay login or web login that is not as it must be
	ReasonWalletNo  = "unreadable-wallet" // a wallet order that could not be opened
)
