package doubles

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sync"

	"github.com/coder/websocket"

	"github.com/privyseal/privyseal/nostr"
)

const (
	maxKept = 20_000 // events in memory; the oldest go first
	maxSubs = 50     // of one connection
)

// Relay keeps events and tells of new ones (NIP-01). Of replaceable ones it
// keeps the newest, and an author may take back their own (NIP-09).
type Relay struct {
	mu    sync.Mutex
	kept  []*nostr.Event // in the order they came
	file  *journal
	conns map[*peer]bool
	heard []func(*nostr.Event)
}

// NewRelay makes one that forgets everything with the process; with a file it
// reads what was kept there, and goes on with it.
func NewRelay(file string) (*Relay, error) {
	r := &Relay{conns: map[*peer]bool{}}
	if file == "" {
		return r, nil
	}
	var err error
	r.file, err = openJournal(file, func(e *nostr.Event) { r.keep(e) })
	return r, err
}

// Close ends all connections and the file.
func (r *Relay) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for p := range r.conns {
		_ = p.ws.CloseNow()
	}
	return r.file.close()
}

// On calls f with each new event. f must not hold up for long.
func (r *Relay) On(f func(*nostr.Event)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard = append(r.heard, f)
}

// Add keeps an event, if it is genuine and news, and tells who waits for it. It
// answers what is wrong, "" for nothing.
func (r *Relay) Add(e *nostr.Event) string {
	if e.Verify() != nil {
		return "invalid: the event is not genuine"
	}
	r.mu.Lock()
	if !e.Kind.IsEphemeral() {
		if !r.keep(e) {
			r.mu.Unlock()
			return ""
		}
		if err := r.file.write(e); err != nil {
			r.mu.Unlock()
			return "error: it could not be kept"
		}
	}
	for p := range r.conns {
		p.tell(e)
	}
	heard := slices.Clone(r.heard)
	r.mu.Unlock()
	for _, f := range heard {
		f(e)
	}
	return ""
}

// keep reports whether the event is news.
func (r *Relay) keep(e *nostr.Event) bool {
	for _, old := range r.kept {
		if old.ID == e.ID || replaces(old, e) {
			return false
		}
	}
	r.kept = slices.DeleteFunc(r.kept, func(old *nostr.Event) bool { return replaces(e, old) || takesBack(e, old) })
	if len(r.kept) == maxKept {
		r.kept = slices.Delete(r.kept, 0, 1)
	}
	r.kept = append(r.kept, e)
	return true
}

// replaces reports whether a takes the place of b.
func replaces(a, b *nostr.Event) bool {
	same := a.Kind == b.Kind && a.PubKey == b.PubKey &&
		(a.Kind.IsReplaceable() || a.Kind.IsAddressable() && a.Tags.TagValue("d") == b.Tags.TagValue("d"))
	return same && (a.CreatedAt > b.CreatedAt || a.CreatedAt == b.CreatedAt && a.ID.String() <= b.ID.String())
}

func takesBack(e, old *nostr.Event) bool {
	return e.Kind == 5 && e.PubKey == old.PubKey && slices.ContainsFunc(e.Tags, func(t nostr.Tag) bool {
		return len(t) > 1 && t[0] == "e" && t[1] == old.ID.String()
	})
}

// Query finds kept events, the newest first.
func (r *Relay) Query(filters ...nostr.Filter) []*nostr.Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.query(filters)
}

func (r *Relay) query(filters []nostr.Filter) []*nostr.Event {
	var all []*nostr.Event
	for i := range filters {
		var some []*nostr.Event
		for _, e := range r.kept {
			if filters[i].Match(e) && !slices.Contains(all, e) {
				some = append(some, e)
			}
		}
		slices.SortStableFunc(some, func(a, b *nostr.Event) int { return cmp.Compare(b.CreatedAt, a.CreatedAt) })
		if n := filters[i].Limit; n != nil && *n < len(some) {
			some = some[:max(*n, 0)]
		}
		all = append(all, some...)
	}
	return all
}

// ServeHTTP takes one connection.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	ws, err := websocket.Accept(w, req, &websocket.AcceptOptions{InsecureSkipVerify: true}) // relays serve every origin
	if err != nil {
		return
	}
	ws.SetReadLimit(nostr.MaxMessageSize)
	ctx, cancel := context.WithCancel(req.Context())
	defer cancel()
	p := &peer{relay: r, ws: ws, subs: map[string][]nostr.Filter{}, out: make(chan []byte, 1024)}
	r.mu.Lock()
	r.conns[p] = true
	r.mu.Unlock()
	go p.write(ctx)
	p.read(ctx)
	r.mu.Lock()
	delete(r.conns, p)
	r.mu.Unlock()
	_ = ws.CloseNow()
}
