package nostr

import "github.com/privyseal/privyseal/nostr/schnorr"

// ID is an event id: the SHA-256 of the event's canonical serialisation (NIP-01).
type ID [32]byte

// PubKey is a BIP-340 x-only public key.
type PubKey [32]byte

// Signature is a BIP-340 signature.
type Signature [64]byte

// Kind is an event kind, 0 to 65535 (NIP-01).
type Kind uint16

// Tag is one tag; its first element is its name.
type Tag []string

// Tags is an event's list of tags.
type Tags []Tag

// Event is a signed Nostr event (NIP-01). CreatedAt is in Unix seconds.
type Event struct {
	ID        ID
	PubKey    PubKey
	CreatedAt int64
	Kind      Kind
	Tags      Tags
	Content   string
	Sig       Signature
}

// Template is an event before it has an author and a signature. PubKey is nil
// when the client left it out.
type Template struct {
	CreatedAt int64
	Kind      Kind
	Tags      Tags
	Content   string
	PubKey    *PubKey
}

// SecretKey is a secp256k1 secret. Its methods answer "[secret]" wherever it is
// printed, logged or marshalled; [SecretKey.Nsec] alone writes it out. Package
// fmt does not call methods of unexported fields: never print a struct that
// keeps a secret in one.
type SecretKey [32]byte

// Filter selects events (NIP-01). Nil slices mean "any"; empty non-nil slices
// match nothing. Limit is nil when absent.
type Filter struct {
	IDs     []ID
	Authors []PubKey
	Kinds   []Kind
	Tags    map[string][]string // by single-letter tag name, without '#'
	Since   *int64
	Until   *int64
	Limit   *int
}

// ClientMessage is what a client sends to a relay (NIP-01, NIP-42).
type ClientMessage struct {
	Label   string // EVENT, REQ, CLOSE, AUTH
	SubID   string
	Event   *Event
	ID      ID     // of the event, also when the rest of it is malformed but the id could be read
	Raw     []byte // of the event, as received
	Filters []Filter
}

// RelayMessage is what a relay sends to a client (NIP-01, NIP-42).
type RelayMessage struct {
	Label   string // EVENT, OK, EOSE, CLOSED, NOTICE, AUTH
	SubID   string
	Event   *Event
	Raw     []byte // of the event, as received
	ID      ID     // of OK; of the event as in [ClientMessage]
	OK      bool   // of OK
	Message string // of OK, CLOSED, NOTICE; the challenge of AUTH
}

// Keypair is a key that signs, see [schnorr.Keypair].
type Keypair = schnorr.Keypair
