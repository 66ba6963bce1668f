package relay

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// The kinds this relay carries.
const (
	kindRequest = 24133 // NIP-46
	kindLegacy  = 24135 // NIP-46 batches of older clients
	kindAuth    = 22242 // NIP-42, only inside AUTH
)

// Options configure a [Relay]. The zero value is a relay for the signer it runs
// beside, with the default limits.
type Options struct {
	// Open treats every key as known when sizes are judged, and sets no quota
	// for loopback: for interop tests and benchmarks.
	Open bool
	// Private refuses events neither to nor from a known key.
	Private bool
	// TrustProxy takes a client's address from the last X-Forwarded-For entry.
	TrustProxy bool
	// Name is shown in the information document (NIP-11); nil means "Privy Seal".
	Name func() string
	// URL is the relay's public address, which an AUTH event may name besides
	// the host the client connected to; nil means none.
	URL func() string
	// Fallback serves every request that is not for the relay; nil means 404.
	Fallback http.Handler
	// Clock defaults to time.Now.
	Clock func() time.Time
	// Log receives no content and no plain addresses; nil means silence.
	Log *slog.Logger
	// Limits that are zero have the default.
	Limits Limits
}

// Quota is a token bucket.
type Quota struct {
	Burst     int     // events at once
	PerSecond float64 // events afterwards
}

// Limits bound what the relay does for others. Sizes are in bytes.
type Limits struct {
	Event         int // an event to or from a known key
	StrangerEvent int // any other event
	Frame         int // a websocket message

	Connections         int // in all
	ConnectionsPerIP    int
	ConnectionsLoopback int

	Subscriptions int // per connection
	Filters       int // per REQ
	FilterKeys    int // values of one list of a filter
	ConnKeys      int // indexed values per connection
	Keys          int // indexed values in all

	QueueEvents int // waiting for one connection
	QueueBytes  int
	LocalEvents int // waiting for one in-process subscription
	LocalBytes  int

	MailboxTime   time.Duration // how long an event is kept
	MailboxEvents int           // per recipient
	MailboxBytes  int           // per recipient
	MailboxTotal  int           // in all; recipients we do not know share half
	ListenedFor   time.Duration // how long a former listener's mail is kept

	Past, Ahead time.Duration // how far created_at may be off

	PerIP          Quota // events and subscriptions of one address
	PerPair        Quota // events of one address from one author to one recipient
	LoopbackFactor int   // both quotas are this much larger for loopback

	Offer time.Duration // without a subscription, after which a client may sign in
	Write time.Duration // to send one message, after which a reader is too slow
	Read  time.Duration // to receive one message once it began
	Pause time.Duration // after a message beyond the quota
	Ping  time.Duration // between two pings, and for an answer
}

var defaults = Limits{
	Event:         nostr.MaxEventSize,
	StrangerEvent: 128 << 10,
	Frame:         nostr.MaxMessageSize,

	Connections:         10_000,
	ConnectionsPerIP:    50,
	ConnectionsLoopback: 2_000,

	Subscriptions: 200,
	Filters:       10,
	FilterKeys:    2_500,
	ConnKeys:      50_000,
	Keys:          2_000_000,

	QueueEvents: 10_000,
	QueueBytes:  16 << 20,
	LocalEvents: 20_000,
	LocalBytes:  64 << 20,

	MailboxTime:   120 * time.Second,
	MailboxEvents: 20,
	MailboxBytes:  2 << 20,
	MailboxTotal:  64 << 20,
	ListenedFor:   10 * time.Minute,

	Past:  120 * time.Second,
	Ahead: 60 * time.Second,

	PerIP:          Quota{Burst: 400, PerSecond: 40},
	PerPair:        Quota{Burst: 200, PerSecond: 20},
	LoopbackFactor: 100,

	Offer: time.Second,
	Write: 10 * time.Second,
	Read:  60 * time.Second,
	Pause: 500 * time.Millisecond,
	Ping:  30 * time.Second,
}

// orDefaults fills what is zero.
func (l Limits) orDefaults() Limits {
	d := defaults
	or(&l.Event, d.Event)
	or(&l.StrangerEvent, d.StrangerEvent)
	or(&l.Frame, d.Frame)
	or(&l.Connections, d.Connections)
	or(&l.ConnectionsPerIP, d.ConnectionsPerIP)
	or(&l.ConnectionsLoopback, d.ConnectionsLoopback)
	or(&l.Subscriptions, d.Subscriptions)
	or(&l.Filters, d.Filters)
	or(&l.FilterKeys, d.FilterKeys)
	or(&l.ConnKeys, d.ConnKeys)
	or(&l.Keys, d.Keys)
	or(&l.QueueEvents, d.QueueEvents)
	or(&l.QueueBytes, d.QueueBytes)
	or(&l.LocalEvents, d.LocalEvents)
	or(&l.LocalBytes, d.LocalBytes)
	or(&l.MailboxTime, d.MailboxTime)
	or(&l.MailboxEvents, d.MailboxEvents)
	or(&l.MailboxBytes, d.MailboxBytes)
	or(&l.MailboxTotal, d.MailboxTotal)
	or(&l.ListenedFor, d.ListenedFor)
	or(&l.Past, d.Past)
	or(&l.Ahead, d.Ahead)
	or(&l.PerIP, d.PerIP)
	or(&l.PerPair, d.PerPair)
	or(&l.LoopbackFactor, d.LoopbackFactor)
	or(&l.Offer, d.Offer)
	or(&l.Write, d.Write)
	or(&l.Read, d.Read)
	or(&l.Pause, d.Pause)
	or(&l.Ping, d.Ping)
	return l
}

func or[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}
