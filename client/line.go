package client

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nip46"
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

// subscribe asks a relay for what comes for the app's key, from the signer alone
// once that is known. A narrower subscription replaces a wider one when it is
// live, so that nothing falls between them.
func (l *line) subscribe(r *relay) {
	f := nostr.Filter{Kinds: []nostr.Kind{nip46.Kind}, Tags: map[string][]string{"p": {l.pub.String()}},
		Since: new(time.Now().Add(-lookBack).Unix())}
	l.mu.Lock()
	if l.peer != nil {
		f.Authors = []nostr.PubKey{l.peer.key}
	}
	old := r.sub
	r.wanted++
	mine := r.wanted
	l.mu.Unlock()
	sub := r.link.Subscribe([]nostr.Filter{f}, link.SubHandler{
		Event: func(m *nostr.RelayMessage, _ bool) { l.receive(m.Event) },
		Live: func() {
			if old != nil {
				old.Close()
			}
			l.live(r, mine)
		},
		Closed: func(reason string) { l.deaf(r, mine, reason) },
	})
	l.mu.Lock()
	r.sub = sub
	l.mu.Unlock()
}

// drop leaves a relay.
func (l *line) drop(r *relay) {
	l.mu.Lock()
	for i, x := range l.relays {
		if x == r {
			l.relays = append(l.relays[:i:i], l.relays[i+1:]...)
		}
	}
	for _, c := range l.pending {
		delete(c.tries, r)
	}
	l.stir()
	l.mu.Unlock()
	r.cancel()
}

// stir wakes whoever waits for the state of relays or requests. The mutex is
// held.
func (l *line) stir() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// state hears how a connection stands.
func (l *line) state(r *relay, s link.State, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.live, r.state, r.once = false, s, r.once || s == link.Up
	if err != nil {
		r.reason, r.barred = clean(err.Error()), errors.Is(err, link.ErrAddress)
		l.o.Logger.Debug("relay", "url", r.url, "reason", r.reason)
	}
	l.stir()
}

// live hears that a subscription is confirmed: now requests may go out, and what
// is unanswered goes out again.
func (l *line) live(r *relay, sub int) {
	l.mu.Lock()
	if sub != r.wanted {
		l.mu.Unlock()
		return
	}
	r.live = true
	var waiting []*call
	for _, c := range l.pending {
		waiting = append(waiting, c)
	}
	l.stir()
	l.mu.Unlock()
	l.o.Logger.Debug("relay live", "url", r.url, "unanswered", len(waiting))
	for _, c := range waiting {
		l.send(c, r, true)
	}
}

// deaf hears that a relay ended the subscription.
func (l *line) deaf(r *relay, sub int, reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if sub == r.wanted {
		r.live, r.reason = false, clean(reason)
		l.stir()
	}
}

// awaitLive waits until a relay is live.
func (l *line) awaitLive(ctx context.Context) error {
	deadline := time.NewTimer(l.o.ConnectTimeout)
	defer deadline.Stop()
	for {
		l.mu.Lock()
		live, hopeless, changed := l.lives() > 0, l.hopeless(), l.changed
		err := l.unreachable()
		l.mu.Unlock()
		switch {
		case live:
			return nil
		case hopeless:
			return err
		}
		select {
		case <-changed:
		case <-deadline.C:
			return err
		case <-ctx.Done():
			return canceled(ctx)
		case <-l.ctx.Done():
			return errClosed()
		}
	}
}

// lives counts the live relays. The mutex is held.
func (l *line) lives() (n int) {
	for _, r := range l.relays {
		if r.live {
			n++
		}
	}
	return n
}

// hopeless reports whether every relay is refused by our address rules, or
// refused us from the beginning. The mutex is held.
func (l *line) hopeless() bool {
	for _, r := range l.relays {
		if r.state != link.Refused || r.once {
			return false
		}
	}
	return true
}

// close ends everything; waiting calls get ErrClosed.
func (l *line) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.cancel()
	l.wg.Wait()
}
