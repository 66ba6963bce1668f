package transport

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nostr"
)

// Seam is the connection to the keeper; *control.Conn is one.
type Seam interface {
	Send(control.Message) error
	Recv() (control.Message, error)
}

// LocalRelay is a relay in this process, reached without a socket.
type LocalRelay interface {
	// Open begins a subscription. deliver gets the JSON of each event of kind
	// 24133 for one of its keys, and may keep it. It blocks while the keeper is
	// slow, so it is called from a goroutine of its own.
	Open(deliver func(event []byte)) LocalSub
	// Publish offers one event, as a client's EVENT does; the answer is its OK.
	Publish(event []byte) (ok bool, reason string)
}

// LocalSub is a subscription on a [LocalRelay].
type LocalSub interface {
	// Add listens for more keys; events since then (Unix seconds) that the
	// relay still has come first.
	Add(keys []nostr.PubKey, since int64)
	Remove(keys []nostr.PubKey)
	Close()
}

// Options are what a Transport works with. The zero value is ready.
type Options struct {
	Dialer *link.Dialer                // nil is the zero Dialer
	Clock  func() time.Time            // nil is time.Now
	Log    *slog.Logger                // nil discards; it never gets content
	Local  func(url string) LocalRelay // nil, or nil for a URL, means a relay elsewhere
	// Errand runs one errand of the keeper's and hands back what comes of it; nil
	// runs none. It returns when all is in, or ctx ends.
	Errand func(ctx context.Context, m control.Message, answer func(control.Message))
}

// Transport is the set of relays. Make one with [New].
type Transport struct {
	o Options

	mu  sync.Mutex
	now *session
}

// New makes a Transport.
func New(o Options) *Transport {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Local == nil {
		o.Local = func(string) LocalRelay { return nil }
	}
	if o.Errand == nil {
		o.Errand = func(context.Context, control.Message, func(control.Message)) {}
	}
	return &Transport{o: o}
}

// Nudge has every relay that is away tried again at once, because the network
// may be back, and tells the keeper that the network changed.
func (t *Transport) Nudge() {
	t.mu.Lock()
	s := t.now
	t.mu.Unlock()
	if s == nil {
		return
	}
	s.out.tell(&control.NetworkChanged{})
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.relays {
		r.nudge()
	}
}

// Run serves one connection to the keeper until ctx ends or the connection
// fails, then closes every relay once what is queued there has been written, for
// a second at most. The caller then closes the connection, which ends the
// goroutine that reads it. Unreachable relays are no error.
func (t *Transport) Run(ctx context.Context, conn Seam) error {
	ctx, cancel := context.WithCancelCause(ctx)
	s := &session{o: t.o, ctx: ctx, out: newOutbox(), seen: newSeen(t.o.Clock), relays: map[string]relay{}}
	t.mu.Lock()
	t.now = s
	t.mu.Unlock()
	go func() { cancel(s.receive(conn)) }()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		if err := s.out.run(ctx, conn); err != nil {
			cancel(err)
		}
	}()
	<-ctx.Done()
	s.end()
	s.wg.Wait()
	select {
	case <-sent:
	case <-time.After(time.Second): // the keeper takes nothing any more
	}
	return context.Cause(ctx)
}

// end sees to it that no relay is opened any more: whoever opens one holds the
// mutex and looks at ctx first.
func (s *session) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
}

// session is the work of one Run.
type session struct {
	o    Options
	ctx  context.Context
	out  *outbox
	seen *seen
	wg   sync.WaitGroup

	mu     sync.Mutex
	relays map[string]relay
	opened int
}

// relay is a relay elsewhere or in this process.
type relay interface {
	listen(m *control.Listen)
	publish(ref uint64, event []byte)
	authenticate(m *control.Proof)
	nudge()
}

// receive obeys the keeper. It never waits for anything but the next message.
func (s *session) receive(conn Seam) error {
	for {
		m, err := conn.Recv()
		if err != nil {
			return err
		}
		if s.ctx.Err() != nil {
			return s.ctx.Err()
		}
		switch m := m.(type) {
		case *control.Listen:
			s.listen(m)
		case *control.Publish:
			for _, it := range m.Items {
				for _, url := range it.Relays {
					s.publish(url, it)
				}
			}
		case *control.Proof:
			s.proof(m)
		case *control.Renew:
			s.renew(m.Relay)
		case *control.Fetch, *control.Post, *control.Deliver:
			s.errand(m)
		default:
			s.o.Log.Warn("the keeper sent a message that is not for the relays")
		}
	}
}

// errand runs one beside everything else.
func (s *session) errand(m control.Message) {
	s.mu.Lock() // so that end is not overtaken
	defer s.mu.Unlock()
	if s.ctx.Err() == nil {
		s.wg.Go(func() { s.o.Errand(s.ctx, m, s.out.tell) })
	}
}

func (s *session) listen(m *control.Listen) {
	url, err := nostr.NormalizeRelayURL(m.Relay)
	if err != nil {
		s.status(m.Relay, control.RelayRefused, notAnAddress)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.relays[url]
	switch old, _ := r.(*remote); {
	case s.ctx.Err() != nil || r == nil && len(m.Add) == 0:
		return
	case r == nil:
		r = s.open(url, m.Typed)
	case old != nil && m.Typed && !old.typed: // opened by our own rules, now by a person
		old.cancel()
		r = s.open(url, true)
		r.listen(&control.Listen{Relay: url, Add: old.listening(), Since: m.Since})
	}
	r.listen(m)
}

// renew makes a relay's connection anew, with all that is listened for there.
// What was being published has no receipt then; the keeper owes it still.
func (s *session) renew(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, _ := s.relays[url].(*remote)
	if s.ctx.Err() != nil || old == nil {
		return
	}
	keys := old.listening()
	old.cancel()
	r := s.open(url, old.typed)
	if len(keys) > 0 {
		r.listen(&control.Listen{Relay: url, Add: keys})
	}
}

func (s *session) publish(raw string, it control.Outbound) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return
	}
	r := s.relays[raw] // mostly it is known, and normalised
	if r == nil {
		url, err := nostr.NormalizeRelayURL(raw)
		if err != nil {
			s.out.receipt(control.Published{Ref: it.Ref, Relay: raw, Reason: "not a relay's address"})
			return
		}
		if r = s.relays[url]; r == nil {
			r = s.open(url, false)
		}
	}
	r.publish(it.Ref, it.Event)
}

func (s *session) proof(m *control.Proof) {
	s.mu.Lock()
	r := s.relays[m.Relay]
	s.mu.Unlock()
	if r != nil {
		r.authenticate(m)
	}
}

// open starts a relay. The mutex is held.
func (s *session) open(url string, typed bool) relay {
	if l := s.o.Local(url); l != nil {
		r := newLocal(s, url, l)
		s.relays[url] = r
		return r
	}
	r := newRemote(s, url, typed)
	s.relays[url] = r
	return r
}

func (s *session) status(url string, state control.RelayState, detail string) {
	s.out.status(control.RelayStatus{Relay: url, State: state, Detail: detail, At: s.o.Clock().UnixMilli()})
}
