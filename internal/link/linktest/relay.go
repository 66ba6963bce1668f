// Package linktest is a relay that does what a test tells it to: accept, refuse,
// close subscriptions, ask for a sign-in, lie, fall silent, go away and come
// back. It believes every event and belongs in tests only.
package linktest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"github.com/privyseal/privyseal/nostr"
)

// Relay is a scriptable relay. The zero Relay accepts and forwards everything.
// Its hooks are set before it is used and run one at a time; the other methods
// may be called at any time.
type Relay struct {
	// Status, when not 0, is answered instead of opening a connection.
	Status func() int
	// OnReq returns a reason to answer CLOSED instead of serving a REQ, or Ignore
	// for no answer at all.
	OnReq func(c *Client, id string, filters []nostr.Filter) (closed string)
	// OnEvent answers an EVENT; nil accepts. silent means no OK at all.
	OnEvent func(c *Client, e *nostr.Event) (ok bool, reason string, silent bool)
	// OnAuth judges a sign-in; nil accepts.
	OnAuth func(c *Client, e *nostr.Event) bool
	// Challenge is sent to each new client unless empty.
	Challenge string
	// Keep keeps what is accepted, as NIP-01 says: of what is replaceable the
	// newest.
	Keep bool
	// NoEOSE leaves EOSE out.
	NoEOSE bool
	// NoPong leaves pings unanswered.
	NoPong bool

	hook    sync.Mutex
	mu      sync.Mutex
	changed chan struct{}
	clients map[*Client]bool
	log     []nostr.ClientMessage
	stored  []*nostr.Event
	stall   chan struct{}
}

// Ignore, returned by OnReq, leaves a REQ without an answer.
const Ignore = "\x00ignore"

// Client is one connection to the relay.
type Client struct {
	ws     *websocket.Conn
	SignIn []nostr.PubKey // accepted sign-ins

	mu   sync.Mutex
	subs map[string][]nostr.Filter
}

// Start serves the relay on a loopback port until the test ends.
func (r *Relay) Start(t testing.TB) (url string) {
	s := httptest.NewServer(r)
	t.Cleanup(func() { r.Drop(); s.Close() })
	return "ws" + strings.TrimPrefix(s.URL, "http")
}

// ServeHTTP serves one client.
func (r *Relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if r.Status != nil {
		if code := r.Status(); code != 0 {
			w.Header().Set("Location", "ws://elsewhere.test/")
			w.WriteHeader(code)
			return
		}
	}
	ws, err := websocket.Accept(w, req, &websocket.AcceptOptions{
		InsecureSkipVerify: true,
		OnPingReceived:     func(context.Context, []byte) bool { return !r.NoPong },
	})
	if err != nil {
		return
	}
	defer ws.CloseNow()
	ws.SetReadLimit(nostr.MaxMessageSize)
	c := &Client{ws: ws, subs: map[string][]nostr.Filter{}}
	r.mu.Lock()
	if r.clients == nil {
		r.clients = map[*Client]bool{}
	}
	r.clients[c] = true
	r.note()
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.clients, c)
		r.note()
		r.mu.Unlock()
	}()
	if r.Challenge != "" {
		c.Send(nostr.RelayMessage{Label: nostr.LabelAuth, Message: r.Challenge})
	}
	for {
		if stall := r.stalled(); stall != nil {
			<-stall
		}
		_, frame, err := ws.Read(context.Background())
		if err != nil {
			return
		}
		m, err := nostr.ParseClientMessage(frame)
		if err != nil {
			c.Send(nostr.RelayMessage{Label: nostr.LabelNotice, Message: err.Error()})
			continue
		}
		r.handle(c, m)
	}
}

func (r *Relay) stalled() chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stall
}

func (r *Relay) handle(c *Client, m *nostr.ClientMessage) {
	defer func() {
		r.mu.Lock()
		r.log = append(r.log, *m)
		r.note()
		r.mu.Unlock()
	}()
	switch m.Label {
	case nostr.LabelReq:
		if r.OnReq != nil {
			r.hook.Lock()
			reason := r.OnReq(c, m.SubID, m.Filters)
			r.hook.Unlock()
			switch reason {
			case "":
			case Ignore:
				return
			default:
				c.Send(nostr.RelayMessage{Label: nostr.LabelClosed, SubID: m.SubID, Message: reason})
				return
			}
		}
		c.mu.Lock()
		c.subs[m.SubID] = m.Filters
		c.mu.Unlock()
		r.mu.Lock()
		stored := slices.Clone(r.stored)
		r.mu.Unlock()
		for _, e := range stored {
			if matches(m.Filters, e) {
				c.Send(nostr.RelayMessage{Label: nostr.LabelEvent, SubID: m.SubID, Event: e})
			}
		}
		if !r.NoEOSE {
			c.Send(nostr.RelayMessage{Label: nostr.LabelEOSE, SubID: m.SubID})
		}
	case nostr.LabelClose:
		c.mu.Lock()
		delete(c.subs, m.SubID)
		c.mu.Unlock()
	case nostr.LabelAuth:
		r.hook.Lock()
		ok := r.OnAuth == nil || r.OnAuth(c, m.Event)
		r.hook.Unlock()
		if ok {
			c.SignIn = append(c.SignIn, m.Event.PubKey)
		}
		c.Send(nostr.RelayMessage{Label: nostr.LabelOK, ID: m.Event.ID, OK: ok})
	case nostr.LabelEvent:
		ok, reason, silent := true, "", false
		if r.OnEvent != nil {
			r.hook.Lock()
			ok, reason, silent = r.OnEvent(c, m.Event)
			r.hook.Unlock()
		}
		if ok {
			r.Publish(m.Event)
		}
		if !silent {
			c.Send(nostr.RelayMessage{Label: nostr.LabelOK, ID: m.Event.ID, OK: ok, Message: reason})
		}
	}
}

func matches(filters []nostr.Filter, e *nostr.Event) bool {
	return slices.ContainsFunc(filters, func(f nostr.Filter) bool { return f.Match(e) })
}

// Send writes one message to the client.
func (c *Client) Send(m nostr.RelayMessage) { c.SendRaw(m.AppendJSON(nil)) }

// SendRaw writes any text to the client.
func (c *Client) SendRaw(frame []byte) {
	c.ws.Write(context.Background(), websocket.MessageText, frame)
}

// Deliver sends an event to every matching subscription. A subscription gets it
// once.
func (r *Relay) Deliver(e *nostr.Event) {
	for _, c := range r.Clients() {
		for _, id := range c.matching(e) {
			c.Send(nostr.RelayMessage{Label: nostr.LabelEvent, SubID: id, Event: e})
		}
	}
}

// Flood sends frames to the first subscription of each client, whether they
// match or not; each frame is what stands behind `["EVENT","id",`.
func (r *Relay) Flood(events [][]byte) {
	for _, c := range r.Clients() {
		c.mu.Lock()
		var id string
		for id = range c.subs {
			break
		}
		c.mu.Unlock()
		for _, e := range events {
			c.SendRaw([]byte(`["EVENT","` + id + `",` + string(e) + `]`))
		}
	}
}

func (c *Client) matching(e *nostr.Event) (ids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for id, filters := range c.subs {
		if matches(filters, e) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Subs is the number of open subscriptions of this client.
func (c *Client) Subs() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.subs)
}

// Store keeps an event for later subscriptions, and delivers nothing now.
func (r *Relay) Store(e *nostr.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stored = append(r.stored, e)
}

// Publish keeps an event, if the relay keeps any, and delivers it.
func (r *Relay) Publish(e *nostr.Event) {
	if r.Keep {
		r.keep(e)
	}
	r.Deliver(e)
}

// keep stores an event unless it is ephemeral, or older than what it would
// replace.
func (r *Relay) keep(e *nostr.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Kind.IsEphemeral() {
		return
	}
	same := func(o *nostr.Event) bool {
		return o.PubKey == e.PubKey && o.Kind == e.Kind && (e.Kind.IsReplaceable() ||
			e.Kind.IsAddressable() && o.Tags.TagValue("d") == e.Tags.TagValue("d"))
	}
	if slices.ContainsFunc(r.stored, func(o *nostr.Event) bool { return same(o) && o.CreatedAt > e.CreatedAt }) {
		return
	}
	r.stored = append(slices.DeleteFunc(r.stored, same), e)
	r.note()
}

// Stored are the kept events of a kind.
func (r *Relay) Stored(k nostr.Kind) (list []*nostr.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.stored {
		if e.Kind == k {
			list = append(list, e)
		}
	}
	return list
}

// CloseSubs ends every subscription with CLOSED.
func (r *Relay) CloseSubs(reason string) {
	for _, c := range r.Clients() {
		c.mu.Lock()
		var ids []string
		for id := range c.subs {
			ids = append(ids, id)
		}
		clear(c.subs)
		c.mu.Unlock()
		for _, id := range ids {
			c.Send(nostr.RelayMessage{Label: nostr.LabelClosed, SubID: id, Message: reason})
		}
	}
}

// Drop ends every connection at once, as a restart does.
func (r *Relay) Drop() {
	r.Resume()
	for _, c := range r.Clients() {
		c.ws.CloseNow()
	}
}

// Stall stops reading from clients; Resume goes on.
func (r *Relay) Stall() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stall == nil {
		r.stall = make(chan struct{})
	}
}

// Resume ends a stall.
func (r *Relay) Resume() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stall != nil {
		close(r.stall)
		r.stall = nil
	}
}

// Clients are the connections now.
func (r *Relay) Clients() (list []*Client) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.clients {
		list = append(list, c)
	}
	return list
}

// Log is everything clients sent with that label, in order.
func (r *Relay) Log(label string) (list []nostr.ClientMessage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range r.log {
		if m.Label == label {
			list = append(list, m)
		}
	}
	return list
}

// note wakes Await. The mutex is held.
func (r *Relay) note() {
	if r.changed != nil {
		close(r.changed)
		r.changed = nil
	}
}

// Await waits until ok, which is looked at again after each message and each
// connection or its end. It is for relays on real sockets.
func (r *Relay) Await(t testing.TB, ok func() bool) {
	t.Helper()
	for {
		r.mu.Lock()
		if r.changed == nil {
			r.changed = make(chan struct{})
		}
		changed := r.changed
		r.mu.Unlock()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-t.Context().Done():
			t.Fatal("the relay waited in vain")
		}
	}
}
