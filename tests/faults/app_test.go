package faults

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// patience is how long anything may take that has no bound of its own.
const patience = time.Minute

// app is a client made of raw events, which remembers all it said and heard.
type app struct {
	t     *testing.T
	key   nostr.Keypair
	me    nostr.PubKey
	to    nostr.PubKey
	user  nostr.PubKey
	ck    nip44.ConversationKey
	relay string // where it sends
	lines map[string]*line

	mu      sync.Mutex
	changed chan struct{}
	asks    map[string]*ask
	unnamed int // answers to requests whose id could not be read
	got     map[nostr.ID]bool
}

// ask is one request, in as many events as it was sent in.
type ask struct {
	id     string
	method nip46.Method
	params []string
	plain  string
	events []*nostr.Event
	taken  bool // a relay accepted one of them
	silent bool // by the rules no answer is due
	heard  []*nip46.Response
	first  time.Time // of the first answer
}

// pair connects a new app to the signer over these relays, the first of which
// it sends to.
func (s *signer) pair(relays ...string) *app {
	s.t.Helper()
	b, err := nip46.ParseBunker(s.invite().URI)
	if err != nil {
		s.t.Fatal(err)
	}
	a := newApp(s.t, b.Signer, relays...)
	if r := a.call(nip46.Connect, b.Signer.String(), b.Secret); r.Result != "ack" {
		s.t.Fatalf("connect: %+v", r)
	}
	user, err := nostr.ParsePubKey(a.call(nip46.GetPublicKey).Result)
	if err != nil {
		s.t.Fatal(err)
	}
	a.user = user
	s.mu.Lock()
	defer s.mu.Unlock()
	s.apps = append(s.apps, a)
	return a
}

func newApp(t *testing.T, to nostr.PubKey, relays ...string) *app {
	t.Helper()
	a := &app{t: t, key: newKey(t), to: to, relay: relays[0], lines: map[string]*line{}, changed: make(chan struct{}), asks: map[string]*ask{}, got: map[nostr.ID]bool{}}
	a.me = nostr.PubKey(a.key.PublicKey())
	var err error
	if a.ck, err = nip44.NewConversationKey(a.key, (*[32]byte)(&to)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	t.Cleanup(func() { cancel(); all.Wait() })
	for _, url := range relays {
		l := &line{a: a, url: url, verdicts: map[nostr.ID]verdict{}}
		a.lines[url] = l
		all.Go(func() { l.run(ctx) })
	}
	for _, url := range relays {
		a.until("the app is connected to "+url, func() bool { return a.lines[url].live })
	}
	return a
}

func newKey(t *testing.T) nostr.Keypair {
	t.Helper()
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	kp, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	return kp
}

func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// await waits until ok, which is looked at whenever something is heard.
func (a *app) await(limit time.Duration, ok func() bool) bool {
	deadline := time.After(limit)
	for {
		a.mu.Lock()
		done, changed := ok(), a.changed
		a.mu.Unlock()
		if done {
			return true
		}
		select {
		case <-changed:
		case <-deadline:
			return false
		}
	}
}

func (a *app) until(what string, ok func() bool) {
	a.t.Helper()
	if !a.await(patience, ok) {
		a.t.Fatalf("waited in vain until %s", what)
	}
}

// tell wakes who waits. The mutex is held.
func (a *app) tell() {
	close(a.changed)
	a.changed = make(chan struct{})
}

// ask makes a request; nothing is sent yet.
func (a *app) ask(method nip46.Method, params ...string) *ask {
	id := random(8)
	q := &ask{id: id, method: method, params: params, plain: string(nip46.AppendRequest(nil, id, method, params))}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asks[id] = q
	return q
}

// note is a request to sign a note that is like no other.
func (a *app) note() *ask { return a.noteOf("a note " + random(8)) }

func (a *app) noteOf(content string) *ask {
	raw, _ := json.Marshal(map[string]any{"kind": 1, "created_at": time.Now().Unix(), "tags": [][]string{}, "content": content})
	return a.ask(nip46.SignEvent, string(raw))
}

// wrap puts a request into a fresh event.
func (a *app) wrap(q *ask, at time.Time) *nostr.Event {
	a.t.Helper()
	content, err := nip44.Encrypt(&a.ck, q.plain)
	if err != nil {
		a.t.Fatal(err)
	}
	ev := seal(a.t, a.key, a.to, content, at)
	a.mu.Lock()
	defer a.mu.Unlock()
	q.events = append(q.events, ev)
	return ev
}

func seal(t *testing.T, key nostr.Keypair, to nostr.PubKey, content string, at time.Time) *nostr.Event {
	t.Helper()
	tpl := nostr.Template{Kind: nip46.Kind, CreatedAt: at.Unix(), Content: content, Tags: nostr.Tags{{"p", to.String()}}}
	ev, err := tpl.Sign(key, false)
	if err != nil {
		t.Fatal(err)
	}
	return ev
}

// send publishes a request until its relay takes it: one that is away, or hears
// that nobody listens yet, is asked again.
func (a *app) send(q *ask) *nostr.Event {
	a.t.Helper()
	ev := a.wrap(q, time.Now())
	a.insist(a.relay, ev)
	return ev
}

func (a *app) insist(url string, ev *nostr.Event) {
	a.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		v := a.lines[url].publish(ev)
		if v.ok {
			return
		}
		if time.Now().After(deadline) {
			a.t.Fatalf("%s did not take a request: %q", url, v.reason)
		}
		a.await(25*time.Millisecond, func() bool { return false })
	}
}

// answer waits for the answer to a request.
func (a *app) answer(q *ask) *nip46.Response {
	a.t.Helper()
	a.until(fmt.Sprintf("%s was answered", q.method), func() bool { return len(q.heard) > 0 })
	a.mu.Lock()
	defer a.mu.Unlock()
	return q.heard[0]
}

// replies are the answers to a request so far.
func (a *app) replies(q *ask) []*nip46.Response {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(q.heard)
}

// call sends a request and waits for its answer.
func (a *app) call(method nip46.Method, params ...string) *nip46.Response {
	a.t.Helper()
	q := a.ask(method, params...)
	a.send(q)
	return a.answer(q)
}

// sign has a note signed and answers how long that took since then.
func (a *app) sign(since time.Time) time.Duration {
	a.t.Helper()
	q := a.note()
	a.send(q)
	a.signed(q)
	return q.first.Sub(since)
}

// signed waits for a signature and checks it.
func (a *app) signed(q *ask) *nostr.Event {
	a.t.Helper()
	r := a.answer(q)
	if r.Error != "" {
		a.t.Fatalf("refused: %s", r.Error)
	}
	ev, err := nostr.ParseEvent([]byte(r.Result))
	if err != nil {
		a.t.Fatal(err)
	}
	return ev
}

// failed waits for an answer that refuses.
func (a *app) failed(q *ask, prefix string) {
	a.t.Helper()
	if r := a.answer(q); len(r.Error) < len(prefix) || r.Error[:len(prefix)] != prefix {
		a.t.Errorf("%s was answered %+v, want an error %q", q.plain, r, prefix)
	}
}

// all are the requests so far.
func (a *app) all() (list []*ask) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, q := range a.asks {
		list = append(list, q)
	}
	return list
}

// hear takes an event that came for this app.
func (a *app) hear(ev *nostr.Event) {
	if ev.PubKey != a.to || ev.Verify() != nil {
		return
	}
	plain, err := nip44.Decrypt(&a.ck, ev.Content)
	if err != nil {
		a.t.Errorf("an answer cannot be opened: %v", err)
		return
	}
	r, err := nip46.ParseResponse([]byte(plain))
	if err != nil {
		a.t.Errorf("an answer cannot be read: %v", err)
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.got[ev.ID] {
		return // over another relay
	}
	a.got[ev.ID] = true
	if q := a.asks[r.ID.Text()]; q != nil {
		if len(q.heard) == 0 {
			q.first = time.Now()
		}
		q.heard = append(q.heard, r)
	} else if a.unnamed++; r.ID != `""` || r.Error == "" {
		a.t.Errorf("an answer to nothing that was asked: %+v", r)
	}
	a.tell()
}

// sent notes that a relay took an event.
func (a *app) sent(id nostr.ID) {
	for _, q := range a.asks {
		q.taken = q.taken || slices.ContainsFunc(q.events, func(e *nostr.Event) bool { return e.ID == id })
	}
}
