package effect

import (
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// Facts is what is known beside the request itself. What is not known counts
// against the request: the zero Facts makes every relay foreign, every peer
// one of our own keys, every app new, every person and host strange, every
// list one that could lose all. A func is called while a request is weighed: it
// answers from memory and waits for nothing.
type Facts struct {
	Now time.Time
	App privyseal.App
	// Own says whether a key is one of our signer or session keys (T34). The
	// person's own key is none, also with a compatible link. Nil says yes to all.
	Own func(nostr.PubKey) bool
	// RelayListed says whether a normalised relay URL is on the person's list.
	// Nil says no to all.
	RelayListed func(url string) bool
	// CheckedHost is the app's host when it was checked (design decision 13).
	CheckedHost string
	// Wallet says that this identity is a wallet service, which sends what
	// wallets send (kinds 9735, 13194, 23195).
	Wallet bool

	Texts
	Older
	People
	Habits
	Money
}

// Texts are what the signer read, or wrote itself, in order to ask.
type Texts struct {
	// Opened is the plaintext of a decrypt, or of a wallet order's content,
	// when it was opened in order to ask.
	Opened *string
	// Inner is the plaintext of the message in Opened, when that is a seal and
	// was opened too; "" when it did not open.
	Inner *string
	// Sealed finds one of the signer's own recent encrypt answers, so that a
	// sealed message, an old private message or a list's private part is shown
	// as text. peer is whom it was made for. Nil knows none.
	Sealed func(ciphertext string) (text string, peer nostr.PubKey, ok bool)
	// Echoes says whether a text that would be public holds one that this
	// identity's apps had opened lately. Nil: none was opened.
	Echoes func(text string) bool
}

// HeadState says what is known of the version before.
type HeadState int

// The states of what is known of the version before.
const (
	HeadUnchecked HeadState = iota // not looked for, or no relay answered
	HeadNone                       // looked for where this person posts: there is none
	HeadFound                      // Head is the newest that is known, and a copy is kept for undo
)

// Older is what the request would replace or delete.
type Older struct {
	// Head is the last version known of what a replaceable event would replace.
	// A Head counts as found, whatever HeadState says.
	Head      *nostr.Event
	HeadState HeadState
	// HeadPrivate is the private part of Head as plaintext (NIP-51: a JSON array
	// of tags), when it was opened. Nil: it was not, or there is none.
	HeadPrivate *string
	// Find is the event with an id, or at an address ("30023:<pubkey>:<d>"),
	// when it is at hand: what a deletion, a reply, a reaction or a vote is
	// about. Nil, and a nil answer: it is not at hand.
	Find func(ref string) *nostr.Event
	// DataApp names another app that was the last to write this kind with this
	// d tag: "" when nobody else did. Nil: another app may have.
	DataApp func(kind nostr.Kind, d string) string
}

// People is what is known of other people.
type People struct {
	// Me is the person's own public key; zero: not known.
	Me nostr.PubKey
	// Name is what the person calls somebody, else what that profile says: ""
	// when neither is known. It is shown with the start of the key beside it.
	Name func(nostr.PubKey) string
	// Petname says that Name is the person's own word, so that it stands alone.
	// Nil: none is.
	Petname func(nostr.PubKey) bool
	// Known says whether the person has had to do with somebody through this
	// signer, or follows them. Nil says no to all.
	Known func(nostr.PubKey) bool
	// Namesake says whether somebody else whom the person follows goes by this
	// name. Nil: somebody may.
	Namesake func(name string) bool
	// WalletChanged says whether somebody's tips go to another wallet than seven
	// days ago. Nil says yes to all.
	WalletChanged func(nostr.PubKey) bool
}

// Habits is what this app and person did before.
type Habits struct {
	// Recent is how often this app had this kind signed within the last while,
	// the request at hand not among them. Nil: too often.
	Recent func(kind nostr.Kind, within time.Duration) int
	// KnownHost says whether this person has used a host through this signer,
	// for files, posts or log-ins. Nil says no to all.
	KnownHost func(host string) bool
	// Voted says whether this person voted in a poll, named by its event id. Nil
	// says yes to all.
	Voted func(poll string) bool
}

// Money is what the person set and what is left of it, in sats.
type Money struct {
	// TipLimit and PayLimit are the most that one tip or payment may be without
	// being over the limit; 0: nothing may.
	TipLimit, PayLimit int64
	// LeftToday is what payments may still take today, before the one at hand.
	// Nil: it is not known, and every payment is over it.
	LeftToday *int64
	// Payee names whom an invoice pays, when a tip that this person asked for
	// lately says so: "" else. Nil knows nobody.
	Payee func(invoice string) string
}
