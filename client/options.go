package client

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nostr"
)

// Times of a session (notes: clients.md §10.4).
const (
	lookBack   = 60 * time.Second       // how far before now a subscription starts
	staleAfter = 45 * time.Second       // an older request is sent again as a new event
	probeAfter = 5 * time.Second        // without an answer, ask whether the key app is there
	switchCap  = 4 * time.Second        // switch_relays never holds anybody up for longer
	logoutCap  = 3 * time.Second        // nor does logout
	overlap    = 10 * time.Second       // old relays beside new ones
	settle     = 500 * time.Millisecond // after the first relay of a pairing, for the others
	nudgeEvery = time.Second            // reconnect at once for a new call, but not more often
	retryPause = time.Second            // after rate-limited: or mute:, doubled each time
	mutePauses = 2                      // after which mute: is a refusal
	maxRelays  = 20                     // relays of one session
)

// Options describe the app and its wishes. The zero value is ready to use.
type Options struct {
	// Name, URL and Image are what the app says of itself; the person sees them
	// in the key app. All may be empty.
	Name, URL, Image string
	// Perms is what the app will want to do, for example
	// "sign_event:1,nip44_encrypt": a suggestion to the person, never a right.
	Perms string
	// Callback is the app's page that a hosted key app brings the person back to
	// (see [Hosted.Page]); only [Pair] uses it.
	Callback string
	// OnAuthURL is called, on a goroutine of its own, with a page of the key app
	// that the person must open before the request goes on: at most once a
	// request, and only with https, or http to this computer. Show it as a link.
	// Nil: such a request goes on waiting, in case the person acts in the key app.
	OnAuthURL func(url string)
	// OnWaiting is called, on a goroutine of its own and at most once a request,
	// when the key app is there but has not answered for some seconds: it is
	// probably asking the person.
	OnWaiting func(method string)
	// ClientKey is the app's own key towards the key app; zero draws a fresh one.
	// With the same key a failed Connect can be repeated with the same link.
	ClientKey nostr.SecretKey

	// ConnectTimeout is how long a request waits for a relay; 0 is 15 seconds.
	ConnectTimeout time.Duration
	// AnswerTimeout is how long a sent request waits for a key app that shows no
	// sign of life; 0 is 30 seconds.
	AnswerTimeout time.Duration
	// ApprovalTimeout is how long a request, or a pairing, waits for the person;
	// 0 is 5 minutes.
	ApprovalTimeout time.Duration

	// PrivateRelays allows relays on this computer and in its own network. Set it
	// where the person who pastes the link sits at this computer, never in a
	// server that takes links from strangers: they could reach your network.
	PrivateRelays bool
	// Socks is a SOCKS5 proxy for relays, "host:port", such as Tor's.
	Socks string
	// Dial opens connections to addresses that passed the rules; nil is TCP.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Logger hears of relays and retries, never of content or secrets; nil is
	// silence.
	Logger *slog.Logger

	dialer *link.Dialer // of tests
}

// filled are the options with every default in place.
func (o Options) filled() Options {
	set := func(d *time.Duration, standard time.Duration) {
		if *d <= 0 {
			*d = standard
		}
	}
	set(&o.ConnectTimeout, 15*time.Second)
	set(&o.AnswerTimeout, 30*time.Second)
	set(&o.ApprovalTimeout, 5*time.Minute)
	o.ApprovalTimeout = max(o.ApprovalTimeout, o.AnswerTimeout)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.dialer == nil {
		o.dialer = &link.Dialer{Socks: o.Socks, Connect: o.Dial}
	}
	return o
}
