package notice

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

var t0 = time.Unix(1_700_000_000, 0)

func b64(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The example of RFC 8291, appendix A, byte for byte.
func TestPushIsAsInTheRFC(t *testing.T) {
	own, err := ecdh.P256().NewPrivateKey(b64(t, "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
	if err != nil {
		t.Fatal(err)
	}
	b := Browser{
		P256dh: b64(t, "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
		Auth:   b64(t, "BTBZMqHH6r4Tts7J_aSIgg"),
	}
	got, err := encrypt(b, own, b64(t, "DGv6ra1nlYgDCS1FRnbzlw"), []byte("When I grow up, I want to be a watermelon"))
	if err != nil {
		t.Fatal(err)
	}
	want := "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
	if base64.RawURLEncoding.EncodeToString(got) != want {
		t.Fatalf("%x", got)
	}
}

// A push opens with the browser's key alone, and its sender's signature holds
// for that push service only.
func TestPushOpensInTheBrowser(t *testing.T) {
	ua, err := ecdh.P256().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b := Browser{Endpoint: "https://push.example/abc", P256dh: ua.PublicKey().Bytes(), Auth: bytes.Repeat([]byte{7}, 16)}
	if err := b.Check(); err != nil {
		t.Fatal(err)
	}
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	kept, _ := key.Bytes()
	if key, err = ParseKey(kept); err != nil {
		t.Fatal(err)
	}
	p, err := key.Push(b, []byte(`{"text":"hello"}`), "mailto:a@b.example", t0)
	if err != nil {
		t.Fatal(err)
	}
	if got := openPush(t, ua, b.Auth, p.Body); got != `{"text":"hello"}` {
		t.Fatalf("%q", got)
	}
	token := strings.TrimPrefix(strings.Split(p.Headers["Authorization"], ",")[0], "vapid t=")
	parts := strings.Split(token, ".")
	var claims struct {
		Aud, Sub string
		Exp      int64
	}
	if err := json.Unmarshal(b64(t, parts[1]), &claims); err != nil {
		t.Fatal(err)
	}
	if claims.Aud != "https://push.example" || claims.Sub != "mailto:a@b.example" || claims.Exp != t0.Add(12*time.Hour).Unix() {
		t.Fatalf("%+v", claims)
	}
	sig := b64(t, parts[2])
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(&key.key.PublicKey, digest[:], new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])) {
		t.Fatal("the signature is not the key's")
	}
	if public, _ := key.Public(); !strings.HasSuffix(p.Headers["Authorization"], "k="+public) {
		t.Fatalf("%q", p.Headers)
	}
}

// openPush is what a browser does with a push.
func openPush(t *testing.T, ua *ecdh.PrivateKey, auth, body []byte) string {
	t.Helper()
	salt, n := body[:16], int(body[20])
	sender := body[21 : 21+n]
	peer, err := ecdh.P256().NewPublicKey(sender)
	if err != nil {
		t.Fatal(err)
	}
	shared, _ := ua.ECDH(peer)
	ikm, _ := hkdf.Key(sha256.New, shared, auth, "WebPush: info\x00"+string(ua.PublicKey().Bytes())+string(sender), 32)
	key, _ := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: aes128gcm\x00", 16)
	nonce, _ := hkdf.Key(sha256.New, ikm, salt, "Content-Encoding: nonce\x00", 12)
	block, _ := aes.NewCipher(key)
	aead, _ := cipher.NewGCM(block)
	text, err := aead.Open(nil, nonce, body[21+n:], nil)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(string(text), "\x02")
}

func TestNoSubscriptionIsRefused(t *testing.T) {
	ua, _ := ecdh.P256().GenerateKey(rand.Reader)
	good := Browser{Endpoint: "https://push.example/abc", P256dh: ua.PublicKey().Bytes(), Auth: make([]byte, 16)}
	for name, spoil := range map[string]func(*Browser){
		"no address":       func(b *Browser) { b.Endpoint = "" },
		"a file":           func(b *Browser) { b.Endpoint = "file:///etc/passwd" },
		"no host":          func(b *Browser) { b.Endpoint = "https:///x" },
		"a short secret":   func(b *Browser) { b.Auth = b.Auth[:15] },
		"no key":           func(b *Browser) { b.P256dh = nil },
		"a point off":      func(b *Browser) { b.P256dh = append([]byte{4}, make([]byte, 64)...) },
		"an endless place": func(b *Browser) { b.Endpoint += strings.Repeat("a", 3000) },
	} {
		b := good
		spoil(&b)
		if b.Check() == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// writer is a key outside any vault.
type writer struct{ nostr.Keypair }

func (w writer) PublicKey() nostr.PubKey { return nostr.PubKey(w.Keypair.PublicKey()) }
func (w writer) Sign(t *nostr.Template) (*nostr.Event, error) {
	return t.Sign(w.Keypair, true)
}

func (w writer) Encrypt(_ privyseal.Cipher, peer nostr.PubKey, text string) (string, error) {
	ck, err := nip44.NewConversationKey(w.Keypair, (*[32]byte)(&peer))
	if err != nil {
		return "", err
	}
	return nip44.Encrypt(&ck, text)
}

func newWriter(t *testing.T) writer {
	t.Helper()
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	kp, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	return writer{kp}
}

// Who it is for opens it; who is seen to send it is nobody.
func TestMessageIsPrivate(t *testing.T) {
	from, to := newWriter(t), newWriter(t)
	wrap, err := Wrap(from, to.PublicKey(), "A question is waiting.", t0)
	if err != nil {
		t.Fatal(err)
	}
	if err := wrap.Verify(); err != nil || wrap.Kind != 1059 || wrap.PubKey == from.PublicKey() || wrap.Tags.TagValue("p") != to.PublicKey().String() {
		t.Fatalf("%v %+v", err, wrap)
	}
	open := func(e *nostr.Event) []byte {
		ck, err := nip44.NewConversationKey(to.Keypair, (*[32]byte)(&e.PubKey))
		if err != nil {
			t.Fatal(err)
		}
		text, err := nip44.Decrypt(&ck, e.Content)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(text)
	}
	seal, err := nostr.ParseEvent(open(wrap))
	if err != nil || seal.Verify() != nil || seal.Kind != 13 || seal.PubKey != from.PublicKey() || len(seal.Tags) != 0 {
		t.Fatalf("%v %+v", err, seal)
	}
	var rumor struct {
		ID, PubKey, Content string
		Kind                int
		Sig                 *string
	}
	if err := json.Unmarshal(open(seal), &rumor); err != nil {
		t.Fatal(err)
	}
	if rumor.Kind != 14 || rumor.PubKey != from.PublicKey().String() || rumor.Content != "A question is waiting." || rumor.Sig != nil || len(rumor.ID) != 64 {
		t.Fatalf("%+v", rumor)
	}
	if age := t0.Unix() - wrap.CreatedAt; age < 0 || age > 2*24*3600 {
		t.Fatalf("made %d s ago", age)
	}
}

func TestWhatIsKept(t *testing.T) {
	var k Kept
	topic, err := NewNtfy("https://ntfy.example/topic", "")
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the same one twice is one
		if err := k.Add(topic); err != nil {
			t.Fatal(err)
		}
	}
	for _, who := range []string{"ana", "bea"} {
		if err := k.Add(Way{ID: who, Kind: KindBrowser, Person: who, Browser: &Browser{Endpoint: "https://push.example/" + who}}); err != nil {
			t.Fatal(err)
		}
	}
	if s := k.Steps(); len(s) != 2 || len(s[1]) != 2 {
		t.Fatalf("%+v", s)
	}
	if got := topic.Where(); got != "ntfy.example" {
		t.Fatalf("shows %q", got)
	}
	k.Keep(func(id string) bool { return id != "bea" })
	k.Remove("ana")
	if len(k.Ways) != 1 || k.Ways[0].Kind != KindNtfy {
		t.Fatalf("%+v", k.Ways)
	}
	for range MaxOfPerson {
		_ = k.Add(Way{Kind: KindBrowser, Person: "ana", Browser: &Browser{Endpoint: rand.Text()}})
	}
	if err := k.Add(Way{Kind: KindBrowser, Person: "ana", Browser: &Browser{Endpoint: "more"}}); privyseal.KindOf(err) != privyseal.KindLimit {
		t.Fatalf("%v", err)
	}
	for _, bad := range []string{"", "ntfy.sh/topic", "https://ntfy.sh", "https://ntfy.sh/", "ftp://ntfy.sh/x", "https://me:pw@ntfy.sh/x", "https://ntfy.sh/x#y"} {
		if _, err := NewNtfy(bad, ""); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if _, err := NewNtfy("https://ntfy.sh/x", "a\r\nb"); err == nil {
		t.Error("a token may hold a line's end")
	}
	if _, err := NewMessage("ana", nil); err == nil {
		t.Error("a name is taken for a key")
	}
}
