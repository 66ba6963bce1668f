package keeper_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip04"
	"github.com/privyseal/privyseal/nostr/nip44"
)

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
	if signer == (nostr.PubKey{}) {
		return // not known yet
	}
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

// since opens every answer to this client after the first n events out.
func (c *client) since(n int) []answer {
	c.r.t.Helper()
	c.r.settle()
	c.r.mu.Lock()
	defer c.r.mu.Unlock()
	var out []answer
	for _, o := range c.r.out[n:] {
		if a, ok := c.open(o); ok {
			out = append(out, a)
		}
	}
	return out
}

// silent fails if the event is answered.
func (c *client) silent(ev *nostr.Event) {
	c.r.t.Helper()
	c.r.settle()
	n := c.r.outbound()
	c.send(ev)
	if got := c.since(n); len(got) > 0 {
		c.r.t.Fatalf("answered: %+v", got)
	}
}

// again sends the same event once more and gives the one answer.
func (c *client) again(ev *nostr.Event) answer {
	c.r.t.Helper()
	n := c.r.outbound()
	c.send(ev)
	id := c.read(ev.Content).ID
	return c.awaitOnly(n, func(a answer) bool { return a.ID == id })
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
	n := c.r.outbound()
	c.send(c.seal(c.request(method, params...), c.r.now()))
	return c.awaitLast(n)
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

// await waits for the next answer to this client after the first n events out.
func (c *client) await(n int) answer {
	c.r.t.Helper()
	return c.awaitOnly(n, func(answer) bool { return true })
}

// awaitLast waits for the answer to the last request, and for no earlier one:
// what no relay had confirmed before a restart comes again after it.
func (c *client) awaitLast(n int) answer {
	c.r.t.Helper()
	last := fmt.Sprintf("id-%d", c.n)
	return c.awaitOnly(n, func(a answer) bool { return a.ID == last })
}

func (c *client) awaitOnly(n int, want func(answer) bool) answer {
	c.r.t.Helper()
	var a answer
	c.r.until("an answer came", func() (ok bool) {
		c.r.mu.Lock()
		defer c.r.mu.Unlock()
		for ; n < len(c.r.out) && !ok; n++ {
			a, ok = c.open(c.r.out[n])
			ok = ok && want(a)
		}
		return ok
	})
	return a
}

func (c *client) open(o control.Outbound) (answer, bool) {
	ev, err := nostr.ParseEvent(o.Event)
	if err != nil || ev.PubKey != c.signer || ev.Tags.TagValue("p") != c.pub.String() {
		return answer{}, false
	}
	must(c.r.t, ev.Verify())
	a := c.read(ev.Content)
	a.Event, a.Relays = ev, o.Relays
	return a, true
}

// read opens what this client and its signer write to each other.
func (c *client) read(content string) answer {
	var plain string
	var err error
	if nip04.Looks(content) {
		plain, err = nip04.Decrypt(&c.sk, content)
	} else {
		plain, err = nip44.Decrypt(&c.ck, content)
	}
	must(c.r.t, err)
	var rep reply
	must(c.r.t, json.Unmarshal([]byte(plain), &rep))
	a := answer{ID: strings.Trim(string(rep.ID), `"`), Raw: plain}
	if rep.Result != nil {
		a.Result = *rep.Result
	}
	if rep.Error != nil {
		a.Error = *rep.Error
	}
	return a
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
