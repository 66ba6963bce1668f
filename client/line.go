package client

import (
	"context"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// line is the way to one signer: the app's key, a set of relays, and the
// requests that wait for an answer.
type line struct {
	o      Options // filled
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	secret nostr.SecretKey
	key    nostr.Keypair
	pub    nostr.PubKey

	mu      sync.Mutex
	closed  bool
	peer    *peer // nil until a pairing was answered
	pairing *Pairing
	typed   map[string]bool // relays a person gave us
	relays  []*relay
	pending map[string]*call
	changed chan struct{} // closed when a relay's state changes
	heard   time.Time     // when a request was last answered
	probing bool
	nudged  time.Time
	moving  uint64 // number of the newest move to other relays
}

// peer is the signer the line is pinned to.
type peer struct {
	key nostr.PubKey
	ck  nip44.ConversationKey
}

// relay is one relay of a line; its fields are guarded by the line's mutex.
type relay struct {
	url    string
	link   *link.Relay
	cancel context.CancelFunc
	sub    *link.Sub
	wanted int        // number of the newest subscription
	live   bool       // it confirmed the subscription, on this connection
	state  link.State // of the connection
	once   bool       // it was up before
	reason string     // why it is not live
	barred bool       // our own address rules refuse it
}

// newLine makes a line without relays.
func newLine(o Options) (*line, error) {
	o = o.filled()
	secret := o.ClientKey
	o.ClientKey.Wipe()
	if secret == (nostr.SecretKey{}) {
		var err error
		if secret, err = nostr.GenerateSecretKey(); err != nil {
			return nil, &Error{Side: SideApp, Code: ErrInvalid, Msg: "the system gives no randomness", cause: err}
		}
	}
	key, err := secret.Keypair()
	if err != nil {
		return nil, &Error{Side: SideApp, Code: ErrInvalid, Msg: "the client key is not a valid secret key"}
	}
	l := &line{o: o, secret: secret, key: key, pub: key.PublicKey(),
		typed: map[string]bool{}, pending: map[string]*call{}, changed: make(chan struct{})}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	return l, nil
}

// pin accepts answers from this signer only, from now on.
func (l *line) pin(signer nostr.PubKey) error {
	ck, err := nip44.NewConversationKey(l.key, (*[32]byte)(&signer))
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.peer, l.pairing = &peer{signer, ck}, nil
	relays := l.relays
	l.mu.Unlock()
	for _, r := range relays {
		l.subscribe(r)
	}
	return nil
}

// open adds relays that are not there yet; typed says that they are a person's
// choice.
func (l *line) open(urls []string, typed bool) {
	for _, url := range urls {
		l.mu.Lock()
		known := l.closed || l.find(url) != nil || len(l.relays) >= maxRelays
		if known {
			l.mu.Unlock()
			continue
		}
		l.typed[url] = l.typed[url] || typed
		ctx, cancel := context.WithCancel(l.ctx)
		r := &relay{url: url, cancel: cancel, reason: "not connected yet"}
		r.link = link.NewRelay(link.RelayOptions{
			URL: url, Dialer: l.o.dialer, Grace: lookBack,
			Typed:     l.private(url),
			State:     func(s link.State, err error) { l.state(r, s, err) },
			Challenge: func(challenge string) { l.signIn(r, challenge) },
		})
		l.relays = append(l.relays, r)
		l.wg.Go(func() { r.link.Run(ctx) })
		l.mu.Unlock()
		l.subscribe(r)
	}
}

// private reports whether a relay may be in a private network: one a person
// gave us, or one on this computer, and only if the app allows it at all. The
// mutex is held.
func (l *line) private(url string) bool {
	return l.o.PrivateRelays && (l.typed[url] || ownComputer(url))
}

// find is the relay of that address, or nil. The mutex is held.
func (l *line) find(url string) *relay {
	for _, r := range l.relays {
		if r.url == url {
			return r
		}
	}
	return nil
}

// close ends everything; waiting calls get ErrClosed.
func (l *line) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.cancel()
	l.wg.Wait()
}
