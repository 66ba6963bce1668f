package nip46

import (
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// Kind of request and response events.
const Kind nostr.Kind = 24133

// Method is the name of a NIP-46 command.
type Method string

// The methods of NIP-46 as of July 2026, and older ones still sent.
const (
	Connect      Method = "connect"
	SignEvent    Method = "sign_event"
	Ping         Method = "ping"
	GetPublicKey Method = "get_public_key"
	Nip04Encrypt Method = "nip04_encrypt"
	Nip04Decrypt Method = "nip04_decrypt"
	Nip44Encrypt Method = "nip44_encrypt"
	Nip44Decrypt Method = "nip44_decrypt"
	SwitchRelays Method = "switch_relays"
	Logout       Method = "logout"

	GetRelays     Method = "get_relays"
	Describe      Method = "describe"
	CreateAccount Method = "create_account"
	Disconnect    Method = "disconnect"
)

// RequestID is a request's id exactly as it came: a JSON string or number
// token, echoed verbatim.
type RequestID string

// Request is a decrypted request. Params holds each parameter as text: strings
// unquoted, anything else (raw objects some clients send) as its JSON.
type Request struct {
	ID     RequestID
	Method Method
	Params []string
}

// Metadata is what a client says of itself: a claim, never a ground for a
// decision (NIP-46 "Client metadata").
type Metadata struct {
	Name  string `json:"name,omitempty"`
	URL   string `json:"url,omitempty"`
	Image string `json:"image,omitempty"`
}

// ConnectParams are the parameters of connect, read from whichever slots the
// client used.
type ConnectParams struct {
	Signer   string // as sent; may be empty or wrong
	Secret   string
	Perms    string
	Metadata Metadata
	AuthURL  bool // the client opens the page that an auth_url names
}

// BunkerURI is a bunker:// link.
type BunkerURI struct {
	Signer nostr.PubKey
	Relays []string
	Secret string
}

// ConnectURI is a nostrconnect:// link.
type ConnectURI struct {
	Client   nostr.PubKey
	Relays   []string
	Secret   string
	Perms    string
	Metadata Metadata
	Callback string
	AuthURL  bool // the client opens the page that an auth_url names
}

// Budget is at most N uses in each window of Per.
type Budget struct {
	N   int
	Per time.Duration
}

// Permission is one entry of a permission string: method, with our scopes
// "sign_event:1", "sign_event:22242@wss://relay.example",
// "nip44_decrypt@<pubkey>", "sign_event:1#20/h", "sign_event:1~30d".
type Permission struct {
	Method Method
	Kind   *nostr.Kind   // only with sign_event; nil: any kind
	Target string        // normalized relay URL, lower-case host, or lower-case hex public key; "": any
	Budget Budget        // zero: none
	For    time.Duration // zero: no end
}
