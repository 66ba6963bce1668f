package link

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// Times of keeping a relay alive.
const (
	retryFirst   = 500 * time.Millisecond
	retryMost    = time.Minute
	askFirst     = 750 * time.Millisecond // after CLOSED
	steadyAfter  = 30 * time.Second       // a success that lasted resets the back-off
	answerWithin = 10 * time.Second       // receipts and sign-in
	defaultGrace = time.Minute
	maxEarly     = 256 // publishes that wait for the first connection
)

// State is how a relay stands.
type State int

// The states of a relay. A relay is Connecting during its first attempt and
// during each later one; Refused means that it, or our address rules, said no.
const (
	Connecting State = iota + 1
	Up
	Down
	Refused
)

// RelayOptions describe one relay. Callbacks run one at a time on the relay's
// own goroutine; while one blocks, that relay is not read.
type RelayOptions struct {
	URL    string
	Typed  bool // a person typed the address
	Dialer *Dialer
	Now    func() time.Time // nil is time.Now
	// Grace is how far before the last event seen a subscription starts again
	// after a lost connection; 0 is a minute.
	Grace time.Duration
	// State hears of every change, with the reason of Down and Refused.
	State func(State, error)
	// Challenge is called when the relay wants a sign-in (NIP-42) before it
	// serves or accepts something. The answer is a later [Relay.Authenticate].
	Challenge func(challenge string)
}

// Relay keeps a connection to one relay alive, and its subscriptions with it.
type Relay struct {
	o    RelayOptions
	poke chan struct{}

	mu      sync.Mutex
	conn    *Conn // nil while down
	down    bool  // the last attempt failed: publishes fail at once
	ended   bool
	lostAt  int64 // Unix seconds, when the last connection ended
	nextSub uint64
	subs    map[string]*Sub
	pending map[nostr.ID][]*publish
	early   []*publish
	auth    auth
}

// NewRelay makes a relay that does nothing until [Relay.Run].
func NewRelay(o RelayOptions) *Relay {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Grace == 0 {
		o.Grace = defaultGrace
	}
	if o.State == nil {
		o.State = func(State, error) {}
	}
	if o.Challenge == nil {
		o.Challenge = func(string) {}
	}
	return &Relay{o: o, poke: make(chan struct{}, 1), subs: map[string]*Sub{}, pending: map[nostr.ID][]*publish{}}
}

// Run connects, and connects again with growing pauses, until ctx ends. It then
// closes the connection and fails what is pending.
func (r *Relay) Run(ctx context.Context) {
	defer r.finish()
	pause := backoff{first: retryFirst, most: retryMost}
	for ctx.Err() == nil {
		r.o.State(Connecting, nil)
		conn, err := Dial(ctx, r.o.URL, Options{Dialer: r.o.Dialer, Typed: r.o.Typed})
		if err == nil {
			since := time.Now()
			r.attach(conn)
			r.o.State(Up, nil)
			err = r.serve(ctx, conn)
			if time.Since(since) >= steadyAfter {
				pause.reset()
			}
		}
		if ctx.Err() != nil {
			return
		}
		r.detach(err)
		state := stateOf(err)
		if state == Refused {
			pause.unwelcome()
		}
		r.o.State(state, err)
		timer := time.NewTimer(pause.next())
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-r.poke:
			pause.reset()
		}
		timer.Stop()
	}
}

func stateOf(err error) State {
	var status *StatusError
	if errors.Is(err, ErrAddress) || errors.As(err, &status) && status.Code/100 == 4 {
		return Refused
	}
	return Down
}

// Nudge ends a pause between attempts: the network may be back.
func (r *Relay) Nudge() {
	select {
	case r.poke <- struct{}{}:
	default:
	}
}

// attach takes a fresh connection into use: subscriptions first, so that no
// answer to a publish is missed.
func (r *Relay) attach(conn *Conn) {
	select {
	case <-r.poke: // it came while we were connecting
	default:
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.conn, r.down, r.auth = conn, false, auth{}
	for _, s := range r.subs {
		s.renew(r.lostAt)
		r.request(s)
	}
	early := r.early
	r.early = nil
	for _, p := range early {
		r.send(p)
	}
}

// detach forgets a connection and fails what waited for it.
func (r *Relay) detach(err error) {
	r.mu.Lock()
	if r.conn != nil {
		r.lostAt = r.o.Now().Unix()
	}
	r.conn, r.down = nil, true
	for _, s := range r.subs {
		s.stop()
	}
	r.auth.stop()
	failed := r.early
	for _, list := range r.pending {
		failed = append(failed, list...)
	}
	r.early = nil
	clear(r.pending)
	r.mu.Unlock()
	for _, p := range failed {
		p.finish(Receipt{Reason: "the connection is down"})
	}
}

func (r *Relay) finish() {
	r.mu.Lock()
	r.ended = true
	conn := r.conn
	r.mu.Unlock()
	if conn != nil {
		conn.Close()
	}
	r.detach(ErrClosed)
}

// serve reads until the connection ends.
func (r *Relay) serve(ctx context.Context, conn *Conn) error {
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-ctx.Done():
			conn.Close()
		case <-ended:
		}
	}()
	for {
		m, err := conn.Read(context.Background())
		if err != nil {
			return err
		}
		r.handle(m)
	}
}

func (r *Relay) handle(m *nostr.RelayMessage) {
	switch m.Label {
	case nostr.LabelEvent:
		r.mu.Lock()
		s := r.subs[m.SubID]
		var live bool
		if s != nil {
			live, s.last = s.live, max(s.last, m.Event.CreatedAt)
		}
		r.mu.Unlock()
		if s != nil {
			s.h.Event(m, live)
		}
	case nostr.LabelOK:
		r.receipt(m)
	case nostr.LabelEOSE:
		r.eose(m.SubID)
	case nostr.LabelClosed:
		r.closed(m.SubID, m.Message)
	case nostr.LabelAuth:
		r.challenged(m.Message)
	case nostr.LabelNotice: // for people, and not ours to trust
	}
}
