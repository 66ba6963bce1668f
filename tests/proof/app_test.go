package proof

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// app is a client made of raw events.
type app struct {
	name   string
	key    nostr.Keypair
	pub    nostr.PubKey
	signer nostr.PubKey
	secret string
	ck     nip44.ConversationKey
	n      int
	now    func() time.Time // nil: time.Now
}

func newApp(t testing.TB, name, uri string) *app {
	t.Helper()
	link, err := nip46.ParseBunker(uri)
	must(t, err)
	sk, err := nostr.GenerateSecretKey()
	must(t, err)
	kp, err := sk.Keypair()
	must(t, err)
	a := &app{name: name, key: kp, pub: kp.PublicKey(), signer: link.Signer, secret: link.Secret}
	a.ck, err = nip44.NewConversationKey(kp, (*[32]byte)(&link.Signer))
	must(t, err)
	return a
}

// request is one message to the signer, whatever events carry it.
type request struct {
	app    *app
	id     string
	method nip46.Method
	params []string
	op     [32]byte
	yes    bool // the person approves if asked
}

func (a *app) request(method nip46.Method, params ...string) *request {
	a.n++
	return &request{app: a, id: fmt.Sprintf("%s-%d", a.name, a.n), method: method, params: params, op: opHash(method, params)}
}

// again is the same operation under another id.
func (r *request) again() *request {
	q := r.app.request(r.method, r.params...)
	q.yes = r.yes
	return q
}

func (a *app) sign(kind int, text string) *request {
	now := time.Now()
	if a.now != nil {
		now = a.now()
	}
	body, _ := json.Marshal(map[string]any{"kind": kind, "created_at": now.Unix(), "tags": [][]string{}, "content": text})
	return a.request(nip46.SignEvent, string(body))
}

func (a *app) connect() *request { return a.request(nip46.Connect, a.signer.String(), a.secret) }

// opHash is how the record names an operation, worked out here once more.
func opHash(m nip46.Method, params []string) [32]byte {
	var b []byte
	for _, s := range append([]string{string(m)}, params...) {
		b = append(binary.BigEndian.AppendUint64(b, uint64(len(s))), s...)
	}
	return sha256.Sum256(b)
}

// seal puts a request into a fresh event.
func (r *request) seal(t testing.TB, at time.Time) *nostr.Event {
	t.Helper()
	content, err := nip44.Encrypt(&r.app.ck, string(nip46.AppendRequest(nil, r.id, r.method, r.params)))
	must(t, err)
	tpl := nostr.Template{Kind: nip46.Kind, CreatedAt: at.Unix(), Content: content, Tags: nostr.Tags{{"p", r.app.signer.String()}}}
	ev, err := tpl.Sign(r.app.key, false)
	must(t, err)
	return ev
}

// answer is what the tap saw for one app.
type answer struct {
	app           *app
	id            string
	result, error string
}

// open reads an answer to this app.
func (a *app) open(ev *nostr.Event) (answer, bool) {
	if ev.PubKey != a.signer || ev.Tags.TagValue("p") != a.pub.String() || ev.Verify() != nil {
		return answer{}, false
	}
	plain, err := nip44.Decrypt(&a.ck, ev.Content)
	if err != nil {
		return answer{}, false
	}
	r, err := nip46.ParseResponse([]byte(plain))
	if err != nil {
		return answer{}, false
	}
	return answer{a, r.ID.Text(), r.Result, r.Error}, true
}
