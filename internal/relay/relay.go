package relay

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// Relay is a relay. It is an [http.Handler]; see [Options].
type Relay struct {
	options Options
	limits  Limits
	log     *slog.Logger
	salt    salt

	perIP   *buckets[source]
	perPair *buckets[pair]
	door    door
	stats   counters

	mu       sync.Mutex // guards all below; never held while something waits
	known    map[nostr.PubKey]bool
	served   map[nostr.PubKey]int // in-process, by how many
	index    *index
	mail     *mailbox
	seen     *recent[mark]
	listened *recent[nostr.PubKey]
	sessions map[*session]struct{}
	locals   map[*LocalSub]struct{}
	targets  []*subscription // scratch
	sweeper  *time.Timer
	closing  bool
	running  sync.WaitGroup // connections
}

// New makes a relay. It runs nothing until a connection comes.
func New(o Options) *Relay {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Fallback == nil {
		o.Fallback = http.NotFoundHandler()
	}
	l := o.Limits.orDefaults()
	return &Relay{
		options:  o,
		limits:   l,
		log:      o.Log,
		perIP:    newBuckets[source](l.PerIP),
		perPair:  newBuckets[pair](l.PerPair),
		door:     door{from: make(map[source]int)},
		known:    make(map[nostr.PubKey]bool),
		served:   make(map[nostr.PubKey]int),
		index:    newIndex(),
		mail:     newMailbox(l),
		seen:     newRecent[mark](l.Past+l.Ahead, 200_000),
		listened: newRecent[nostr.PubKey](l.ListenedFor, 200_000),
		sessions: make(map[*session]struct{}),
		locals:   make(map[*LocalSub]struct{}),
	}
}

// Know names recipients the keeper serves: their mail is kept while nobody
// listens, and events to and from them may be large. Keys of an in-process
// subscription are known as long as it has them.
func (r *Relay) Know(keys ...nostr.PubKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range keys {
		r.known[k] = true
	}
}

// Forget takes back [Relay.Know]. Mail already kept stays until its time.
func (r *Relay) Forget(keys ...nostr.PubKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, k := range keys {
		delete(r.known, k)
	}
}

// knows reports whether a key is one of ours. It is called with mu held.
func (r *Relay) knows(k nostr.PubKey) bool { return r.known[k] || r.served[k] > 0 }

// Shutdown ends the relay: no new connection or event is taken, every
// subscription is told with CLOSED, what is queued is sent, and connections are
// closed. It returns when all have ended, or ctx's error when it is done first;
// the rest are then cut off. The mailbox is kept to the end.
func (r *Relay) Shutdown(ctx context.Context) error {
	r.mu.Lock()
	r.closing = true
	for s := range r.sessions {
		s.shut()
	}
	r.mu.Unlock()

	ended := make(chan struct{})
	go func() {
		r.running.Wait()
		close(ended)
	}()
	var err error
	select {
	case <-ended:
	case <-ctx.Done():
		err = ctx.Err()
		r.mu.Lock()
		for s := range r.sessions {
			s.cut()
		}
		r.mu.Unlock()
		<-ended
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for l := range r.locals {
		l.queue.end()
	}
	if r.sweeper != nil {
		r.sweeper.Stop()
	}
	return err
}

// sweepLater has the mailbox emptied when its time is over although nothing
// else happens. It is called with mu held.
func (r *Relay) sweepLater() {
	if r.sweeper != nil || r.closing {
		return
	}
	r.sweeper = time.AfterFunc(r.limits.MailboxTime+time.Second, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.sweeper = nil
		r.mail.expire(r.options.Clock())
		if r.mail.events > 0 {
			r.sweepLater()
		}
	})
}
