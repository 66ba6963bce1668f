package keeper_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/store/sqlite"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip04"
	"github.com/privyseal/privyseal/nostr/nip44"
)

const (
	passphrase = "correct horse battery"
	ownRelay   = "ws://127.0.0.1:4646"
)

// rig is a real keeper over a real store, with the front played by the test:
// raw events go in, sealed answers come out.
type rig struct {
	t     *testing.T
	dir   string
	store *sqlite.Store
	vault *vault.Vault
	k     *keeper.Keeper
	front *control.Conn
	stop  func()

	mu      sync.Mutex
	out     []control.Outbound
	listens []control.Listen
	wake    chan struct{}
	receipt func(control.Outbound, string) control.Published // nil: every relay takes it
	skew    time.Duration
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, dir: t.TempDir(), wake: make(chan struct{}, 1)}
	r.start(true)
	t.Cleanup(func() { r.stop() })
	return r
}

func (r *rig) now() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().Add(r.skew)
}

func (r *rig) sleep(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.skew += d
}

// start opens the store and runs a keeper on it; the first time it makes the
// vault and one identity.
func (r *rig) start(first bool) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	st, err := sqlite.Open(ctx, r.dir, sqlite.Options{})
	must(r.t, err)
	v := vault.New(vault.Options{MinCost: time.Nanosecond, Memory: 1 << 10})
	k, err := keeper.New(ctx, keeper.Options{Store: st, Vault: v, Now: r.now, Relays: []keeper.Relay{{URL: ownRelay, Own: true}}, Version: "test"})
	must(r.t, err)
	if first {
		must(r.t, k.CreateVault(ctx, []byte(passphrase), nil))
		_, err := k.AddIdentity(ctx, control.IdentityAdd{Name: "ana"})
		must(r.t, err)
	} else {
		must(r.t, k.Unlock(ctx, control.Passphrase{Passphrase: []byte(passphrase)}))
	}
	a, b, err := control.Pair()
	must(r.t, err)
	r.store, r.vault, r.k, r.front = st, v, k, control.NewConn(a)
	done := make(chan struct{})
	go func() { defer close(done); _ = k.Run(ctx, control.NewConn(b)) }()
	go r.play(r.front)
	r.stop = sync.OnceFunc(func() {
		cancel()
		_ = a.Close()
		<-done
		_ = k.Drain(context.Background())
		_ = st.Close()
	})
}

// restart stops the keeper as a shutdown does and starts it again.
func (r *rig) restart() {
	r.stop()
	r.start(false)
}

// play is the front: it says every subscription is live and every relay takes
// every event.
func (r *rig) play(front *control.Conn) {
	for {
		m, err := front.Recv()
		if err != nil {
			return
		}
		switch m := m.(type) {
		case *control.Listen:
			r.mu.Lock()
			r.listens = append(r.listens, *m)
			r.mu.Unlock()
			_ = front.Send(&control.Live{Relay: m.Relay, Keys: m.Add})
		case *control.Publish:
			var receipts control.Receipts
			r.mu.Lock()
			for _, o := range m.Items {
				r.out = append(r.out, o)
				for _, relay := range o.Relays {
					p := control.Published{Ref: o.Ref, Relay: relay, Sent: true, OK: true}
					if r.receipt != nil {
						p = r.receipt(o, relay)
					}
					receipts.Items = append(receipts.Items, p)
				}
			}
			r.mu.Unlock()
			_ = front.Send(&receipts)
			select {
			case r.wake <- struct{}{}:
			default:
			}
		default:
		}
	}
}

func call[R any](r *rig, verb string, args any) (R, error) {
	raw, err := json.Marshal(args)
	must(r.t, err)
	v, err := r.k.Call(r.t.Context(), control.CommandLine, verb, raw, func(any) error { return nil })
	if err != nil {
		var none R
		return none, err
	}
	return v.(R), nil
}

func mustCall[R any](r *rig, verb string, args any) R {
	r.t.Helper()
	v, err := call[R](r, verb, args)
	must(r.t, err)
	return v
}

// client is an app: a client key and the signer it writes to.
type client struct {
	r      *rig
	key    nostr.Keypair
	pub    nostr.PubKey
	signer nostr.PubKey
	secret string
	ck     nip44.ConversationKey
	sk     nip04.SharedKey
	old    bool // speak NIP-04
	n      int
	relay  string
}

func (r *rig) invite(a control.InviteArgs) *client {
	r.t.Helper()
	inv := mustCall[control.Invite](r, control.VerbInvite, a)
	link, err := nip46.ParseBunker(inv.URI)
	must(r.t, err)
	return r.client(link.Signer, link.Secret)
}

func (r *rig) client(signer nostr.PubKey, secret string) *client {
	r.t.Helper()
	sk, err := nostr.GenerateSecretKey()
	must(r.t, err)
	kp, err := sk.Keypair()
	must(r.t, err)
	c := &client{r: r, key: kp, pub: kp.PublicKey(), signer: signer, secret: secret, relay: ownRelay}
	c.readdress(signer)
	return c
}

func (c *client) readdress(signer nostr.PubKey) {
	var err error
	c.signer = signer
	c.ck, err = nip44.NewConversationKey(c.key, (*[32]byte)(&signer))
	must(c.r.t, err)
	c.sk, err = nip04.NewSharedKey(c.key, (*[32]byte)(&signer))
	must(c.r.t, err)
}

// paired is a connected app.
func (r *rig) paired(a control.InviteArgs) *client {
	r.t.Helper()
	c := r.invite(a)
	if got := c.ask("connect", c.signer.String(), c.secret); got.Result != "ack" {
		r.t.Fatalf("connect: %+v", got)
	}
	return c
}

// seal makes a request event of any text.
func (c *client) seal(text string, at time.Time) *nostr.Event {
	var content string
	var err error
	if c.old {
		content, err = nip04.Encrypt(&c.sk, text)
	} else {
		content, err = nip44.Encrypt(&c.ck, text)
	}
	must(c.r.t, err)
	t := nostr.Template{Kind: nip46.Kind, CreatedAt: at.Unix(), Content: content, Tags: nostr.Tags{{"p", c.signer.String()}}}
	ev, err := t.Sign(c.key, false)
	must(c.r.t, err)
	return ev
}

func (c *client) send(ev *nostr.Event) {
	must(c.r.t, c.r.front.Send(&control.Events{Items: []control.Inbound{{Relay: c.relay, Event: ev.AppendJSON(nil)}}}))
}

type reply struct {
	ID     json.RawMessage `json:"id"`
	Result *string         `json:"result"`
	Error  *string         `json:"error"`
}

type answer struct {
	ID, Result, Error string
	Raw               string
	Event             *nostr.Event
	Relays            []string
}

// raw sends text and waits for one answer to this client.
func (c *client) raw(text string) answer {
	c.r.t.Helper()
	seen := c.r.outbound()
	c.send(c.seal(text, c.r.now()))
	return c.await(seen)
}

// ask calls a method.
func (c *client) ask(method string, params ...string) answer {
	c.r.t.Helper()
	return c.raw(c.request(method, params...))
}

func (c *client) request(method string, params ...string) string {
	c.n++
	if params == nil {
		params = []string{}
	}
	b, err := json.Marshal(map[string]any{"id": fmt.Sprintf("id-%d", c.n), "method": method, "params": params})
	must(c.r.t, err)
	return string(b)
}

func (r *rig) outbound() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.out)
}

// await waits for the next answer to this client after the first n events out.
func (c *client) await(n int) answer {
	c.r.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		c.r.mu.Lock()
		for ; n < len(c.r.out); n++ {
			if a, ok := c.open(c.r.out[n]); ok {
				c.r.mu.Unlock()
				return a
			}
		}
		c.r.mu.Unlock()
		select {
		case <-c.r.wake:
		case <-time.After(20 * time.Millisecond):
		case <-deadline:
			c.r.t.Fatal("no answer within 10 s")
		}
	}
}

func (c *client) open(o control.Outbound) (answer, bool) {
	ev, err := nostr.ParseEvent(o.Event)
	if err != nil || ev.PubKey != c.signer || ev.Tags.TagValue("p") != c.pub.String() {
		return answer{}, false
	}
	must(c.r.t, ev.Verify())
	var plain string
	if nip04.Looks(ev.Content) {
		plain, err = nip04.Decrypt(&c.sk, ev.Content)
	} else {
		plain, err = nip44.Decrypt(&c.ck, ev.Content)
	}
	must(c.r.t, err)
	var rep reply
	must(c.r.t, json.Unmarshal([]byte(plain), &rep))
	a := answer{ID: strings.Trim(string(rep.ID), `"`), Raw: plain, Event: ev, Relays: o.Relays}
	if rep.Result != nil {
		a.Result = *rep.Result
	}
	if rep.Error != nil {
		a.Error = *rep.Error
	}
	return a, true
}

func (c *client) note(text string) string {
	b, err := json.Marshal(map[string]any{"kind": 1, "created_at": c.r.now().Unix(), "tags": [][]string{}, "content": text})
	must(c.r.t, err)
	return string(b)
}

// signed checks a signed event against what was asked.
func (c *client) signed(a answer, author string) *nostr.Event {
	c.r.t.Helper()
	if a.Error != "" {
		c.r.t.Fatalf("refused: %s", a.Error)
	}
	ev, err := nostr.ParseEvent([]byte(a.Result))
	must(c.r.t, err)
	must(c.r.t, ev.Verify())
	if ev.PubKey.String() != author {
		c.r.t.Fatalf("signed by %s, want %s", ev.PubKey, author)
	}
	return ev
}

func (r *rig) ana() control.IdentityInfo {
	r.t.Helper()
	return mustCall[control.IdentityInfo](r, control.VerbIdentityShow, control.Name{Name: "ana"})
}

// question waits for one open question.
func (r *rig) question() control.QuestionInfo {
	r.t.Helper()
	for range 500 {
		if qs := mustCall[[]control.QuestionInfo](r, control.VerbRequestsList, nil); len(qs) > 0 {
			return qs[len(qs)-1]
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Fatal("no question was asked")
	return control.QuestionInfo{}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantPrefix(t *testing.T, a answer, kind privyseal.ErrorKind) {
	t.Helper()
	if !strings.HasPrefix(a.Error, string(kind)+":") {
		t.Fatalf("answer %+v, want an error that begins with %q", a, kind)
	}
}
