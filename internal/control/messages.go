package control

import (
	"encoding/json"

	"github.com/privyseal/privyseal/nostr"
)

// Message is anything that crosses the seam.
type Message interface{ frameType() byte }

// Inbound is one sealed event that a relay delivered.
type Inbound struct {
	Relay string // normalised URL
	Event []byte // canonical JSON of one event, not yet verified
}

// Events carries sealed events, front to keeper.
type Events struct{ Items []Inbound }

// Outbound is one sealed event to publish on some relays.
type Outbound struct {
	Ref    uint64 // names it in Published
	Relays []string
	Event  []byte
}

// Publish carries sealed events, keeper to front.
type Publish struct{ Items []Outbound }

// Published says what one relay did with one event: it answered OK true or
// false (Reason is its text), or it could not be reached or did not answer in
// time (Sent false).
type Published struct {
	Ref    uint64 `json:"ref"`
	Relay  string `json:"relay"`
	Sent   bool   `json:"sent"` // the relay gave an answer
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"`
}

// Receipts carries what relays did, front to keeper.
type Receipts struct{ Items []Published }

// Listen changes which keys are listened for (kind 24133, #p) on one relay.
// The first Listen for a relay opens it; removing its last key closes it.
type Listen struct {
	Relay  string         `json:"relay"`
	Add    []nostr.PubKey `json:"add,omitempty"`
	Remove []nostr.PubKey `json:"remove,omitempty"`
	Since  int64          `json:"since,omitempty"` // Unix seconds; look-back of the first subscription
	// Typed says that a person typed this address, so private addresses are
	// allowed (design decision 10).
	Typed bool `json:"typed,omitempty"`
}

// Renew asks for a relay's connection and subscriptions to be made anew, because
// what was sent through it did not come back. Keeper to front.
type Renew struct {
	Relay string `json:"relay"`
}

// NetworkChanged says that the machine's addresses changed, front to keeper.
type NetworkChanged struct{}

// Live says that the subscription for these keys is live on a relay (stored
// events have ended), front to keeper.
type Live struct {
	Relay string         `json:"relay"`
	Keys  []nostr.PubKey `json:"keys"`
}

// RelayState is how a relay connection stands.
type RelayState string

// The states of a relay connection.
const (
	RelayConnecting RelayState = "connecting"
	RelayUp         RelayState = "up"
	RelayDown       RelayState = "down"
	RelayRefused    RelayState = "refused" // the relay, or our own address rules, said no
)

// RelayStatus reports a change, front to keeper. Detail is plain words.
type RelayStatus struct {
	Relay  string     `json:"relay"`
	State  RelayState `json:"state"`
	Detail string     `json:"detail,omitempty"`
	At     int64      `json:"at"` // Unix milliseconds
}

// Challenge asks for a sign-in proof for a relay (NIP-42), front to keeper.
type Challenge struct {
	Relay     string         `json:"relay"`
	Challenge string         `json:"challenge"`
	Keys      []nostr.PubKey `json:"keys"` // the keys listened for there
}

// Proof answers a Challenge with signed kind-22242 events, keeper to front.
type Proof struct {
	Relay     string            `json:"relay"`
	Challenge string            `json:"challenge"`
	Events    []json.RawMessage `json:"events"`
}

// Call is a control call: a verb with arguments.
type Call struct {
	ID   uint64          `json:"id"`
	Verb string          `json:"verb"`
	Args json.RawMessage `json:"args,omitempty"`
}

// Reply answers a Call. More says that further replies follow (a stream).
type Reply struct {
	ID     uint64          `json:"id"`
	Result json.RawMessage `json:"result,omitempty"`
	Error  *CallError      `json:"error,omitempty"`
	More   bool            `json:"more,omitempty"`
}

// Cancel ends a streaming call.
type Cancel struct {
	ID uint64 `json:"id"`
}

// CallError is an error as it crosses the seam.
type CallError struct {
	Kind string `json:"kind"`
	Msg  string `json:"message"`
	Hint string `json:"hint,omitempty"`
}

// Error is the message.
func (e *CallError) Error() string { return e.Msg }

const (
	typeEvents byte = iota + 1
	typePublish
	typeReceipts
	typeListen
	typeLive
	typeRelayStatus
	typeChallenge
	typeProof
	typeCall
	typeReply
	typeCancel
	typeRenew
	typeNetworkChanged
	typeFetch
	typeFetched
	typePost
	typePosted
	typeDeliver
	typeDelivered
)

func (*Events) frameType() byte         { return typeEvents }
func (*Publish) frameType() byte        { return typePublish }
func (*Receipts) frameType() byte       { return typeReceipts }
func (*Listen) frameType() byte         { return typeListen }
func (*Live) frameType() byte           { return typeLive }
func (*RelayStatus) frameType() byte    { return typeRelayStatus }
func (*Challenge) frameType() byte      { return typeChallenge }
func (*Proof) frameType() byte          { return typeProof }
func (*Call) frameType() byte           { return typeCall }
func (*Reply) frameType() byte          { return typeReply }
func (*Cancel) frameType() byte         { return typeCancel }
func (*Renew) frameType() byte          { return typeRenew }
func (*NetworkChanged) frameType() byte { return typeNetworkChanged }
