package client

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/internal/link/linktest"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip04"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// Fake is a key app that says yes, or whatever its script says. It lives inside
// its relays and sees each event they take.
type Fake struct {
	User, Key nostr.Keypair
	Secret    string
	// Script answers a request instead of the usual answer, unless it returns
	// false.
	Script func(f *Fake, r Asked) bool

	publish []func(*nostr.Event) // one a relay

	mu    sync.Mutex
	asked []Asked
	seen  map[nostr.ID]bool
	known map[nostr.PubKey]bool
	lost  []string // what was wrong with a request
}

// Asked is a request as the fake saw it.
type Asked struct {
	nip46.Request
	Event *nostr.Event
	Plain string
}

func newKey() (nostr.SecretKey, nostr.Keypair) {
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		panic(err)
	}
	kp, err := sk.Keypair()
	if err != nil {
		panic(err)
	}
	return sk, kp
}

func pub(kp nostr.Keypair) nostr.PubKey { return kp.PublicKey() }

func newFake() *Fake {
	_, user := newKey()
	_, key := newKey()
	return &Fake{User: user, Key: key, Secret: "s3cretOf16letters", seen: map[nostr.ID]bool{}, known: map[nostr.PubKey]bool{}}
}

// StartFake is a fake on a loopback relay, for the examples.
func StartFake() (f *Fake, link string, stop func()) {
	f = newFake()
	relay := &linktest.Relay{}
	f.attach(relay)
	server := httptest.NewServer(relay)
	uri := nip46.BunkerURI{Signer: pub(f.Key), Relays: []string{"ws" + strings.TrimPrefix(server.URL, "http")}, Secret: f.Secret}
	return f, uri.String(), func() { relay.Drop(); server.Close() }
}

// attach makes the fake read a relay.
func (f *Fake) attach(r *linktest.Relay) {
	f.publish = append(f.publish, r.Deliver)
	judge := r.OnEvent
	r.OnEvent = func(c *linktest.Client, e *nostr.Event) (ok bool, reason string, silent bool) {
		if judge != nil {
			if ok, reason, silent = judge(c, e); !ok {
				return ok, reason, silent
			}
		}
		f.receive(e)
		return true, "", silent
	}
}

func (f *Fake) receive(e *nostr.Event) {
	if e.Tags.TagValue("p") != pub(f.Key).String() {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	ck, err := nip44.NewConversationKey(f.Key, (*[32]byte)(&e.PubKey))
	if err != nil {
		panic(err)
	}
	plain, err := nip44.Decrypt(&ck, e.Content)
	if err != nil {
		f.lost = append(f.lost, "not NIP-44: "+err.Error())
		return
	}
	req, _, err := nip46.ParseRequest([]byte(plain))
	if err != nil {
		f.lost = append(f.lost, err.Error())
		return
	}
	if err := e.Verify(); err != nil {
		f.lost = append(f.lost, err.Error())
		return
	}
	a := Asked{*req, e, plain}
	f.asked = append(f.asked, a)
	if f.seen[e.ID] {
		return
	}
	f.seen[e.ID] = true
	if f.Script == nil || !f.Script(f, a) {
		f.usual(a)
	}
}

// usual is what a well-behaved key app answers.
func (f *Fake) usual(a Asked) {
	if a.Method != nip46.Connect && !f.known[a.Event.PubKey] {
		f.Fail(a, "denied: not connected")
		return
	}
	switch a.Method {
	case nip46.Connect:
		if p := nip46.ParseConnectParams(a.Params); !nip46.SecretEqual(p.Secret, f.Secret) {
			f.Fail(a, "denied: wrong secret")
			return
		}
		f.known[a.Event.PubKey] = true
		f.Reply(a, "ack")
	case nip46.GetPublicKey:
		f.Reply(a, pub(f.User).String())
	case nip46.Ping:
		f.Reply(a, "pong")
	case nip46.SwitchRelays:
		f.Reply(a, "null")
	case nip46.Logout:
		f.Reply(a, "ack")
	case nip46.SignEvent:
		f.Reply(a, f.Signed(a))
	case nip46.Nip44Encrypt, nip46.Nip44Decrypt, nip46.Nip04Encrypt, nip46.Nip04Decrypt:
		f.Reply(a, string(a.Method)+"("+a.Params[1]+")")
	default:
		f.Fail(a, "unsupported: unsupported method")
	}
}

// Signed is the event a request asks for.
func (f *Fake) Signed(a Asked) string {
	t, err := nostr.ParseTemplate([]byte(a.Params[0]))
	if err != nil {
		panic(err)
	}
	e, err := t.Sign(f.User, true)
	if err != nil {
		panic(err)
	}
	return string(e.AppendJSON(nil))
}

// Reply answers a request.
func (f *Fake) Reply(a Asked, result string) {
	f.send(a.Event.PubKey, nip46.AppendResult(nil, a.ID, result))
}

// Fail answers a request with an error.
func (f *Fake) Fail(a Asked, reason string) {
	f.send(a.Event.PubKey, nip46.AppendError(nil, a.ID, a.Method, reason))
}

// Page answers a request with a page to open.
func (f *Fake) Page(a Asked, url string) {
	f.send(a.Event.PubKey, nip46.AppendAuthURL(nil, a.ID, url))
}

// send seals a message and has every relay deliver it.
func (f *Fake) send(to nostr.PubKey, message []byte) {
	f.deliver(seal(f.Key, to, string(message)))
}

func (f *Fake) deliver(e *nostr.Event) {
	for _, publish := range f.publish {
		publish(e)
	}
}

// seal makes a response event in NIP-44.
func seal(from nostr.Keypair, to nostr.PubKey, text string) *nostr.Event {
	ck, err := nip44.NewConversationKey(from, (*[32]byte)(&to))
	if err != nil {
		panic(err)
	}
	content, err := nip44.Encrypt(&ck, text)
	if err != nil {
		panic(err)
	}
	return wrap(from, to, content)
}

// seal04 makes a response event in NIP-04.
func seal04(from nostr.Keypair, to nostr.PubKey, text string) *nostr.Event {
	k, err := nip04.NewSharedKey(from, (*[32]byte)(&to))
	if err != nil {
		panic(err)
	}
	content, err := nip04.Encrypt(&k, text)
	if err != nil {
		panic(err)
	}
	return wrap(from, to, content)
}

func wrap(from nostr.Keypair, to nostr.PubKey, content string) *nostr.Event {
	t := nostr.Template{CreatedAt: time.Now().Unix(), Kind: nip46.Kind, Tags: nostr.Tags{{"p", to.String()}}, Content: content}
	e, err := t.Sign(from, false)
	if err != nil {
		panic(err)
	}
	return e
}

// forget makes the fake answer events again that it has seen, as a key app does
// that was killed or keeps its answers.
func (f *Fake) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.seen)
}

// script replaces the script.
func (f *Fake) script(s func(*Fake, Asked) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Script = s
}

// Refuse makes every later answer this error.
func (f *Fake) Refuse(reason string) {
	f.script(func(f *Fake, a Asked) bool { f.Fail(a, reason); return true })
}

// AskFirst sends the person to a page before the usual answer.
func (f *Fake) AskFirst(url string) {
	f.script(func(f *Fake, a Asked) bool { f.Page(a, url); return false })
}

// Accept answers a nostrconnect:// link.
func (f *Fake) Accept(uri string) {
	c, err := nip46.ParseConnect(uri)
	if err != nil {
		panic(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known[c.Client] = true
	f.send(c.Client, nip46.AppendResult(nil, `"any"`, c.Secret))
}

// requests are the requests of a method so far.
func (f *Fake) requests(m nip46.Method) (list []Asked) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.asked {
		if a.Method == m {
			list = append(list, a)
		}
	}
	return list
}

// world is a network in memory, inside a synctest bubble, with a fake on each of
// its relays.
type world struct {
	t     *testing.T
	net   *linktest.Net
	fake  *Fake
	urls  []string
	relay []*linktest.Relay
}

// inWorld runs a test in a bubble with n relays named r0.test and so on.
func inWorld(t *testing.T, n int, test func(t *testing.T, w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, net: linktest.NewNet(), fake: newFake()}
		t.Cleanup(func() { // after the sessions, which are closed first
			for _, r := range w.relay {
				r.Drop()
			}
			synctest.Wait() // net/http may still be dialling for somebody who left
			w.net.Close()
		})
		for range n {
			w.add(&linktest.Relay{})
		}
		test(t, w)
		if lost := w.fake.lost; len(lost) > 0 {
			t.Errorf("the key app could not read: %q", lost)
		}
	})
}

// add puts one more relay on the network.
func (w *world) add(r *linktest.Relay) (url string) {
	url = w.net.Serve(fmt.Sprintf("r%d.test", len(w.urls)), r)
	w.fake.attach(r)
	w.urls, w.relay = append(w.urls, url), append(w.relay, r)
	return url
}

func (w *world) options() Options { return Options{dialer: w.net.Dialer()} }

func (w *world) link() string {
	b := nip46.BunkerURI{Signer: pub(w.fake.Key), Relays: w.urls, Secret: w.fake.Secret}
	return b.String()
}

// connect is a session that is closed with the test.
func (w *world) connect(o Options) *Session {
	w.t.Helper()
	o.dialer = w.net.Dialer()
	s, err := Connect(context.Background(), w.link(), o)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(s.Close)
	return s
}
