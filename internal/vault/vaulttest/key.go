// Package vaulttest is the conformance suite of key backends: whatever holds a
// secret behind [vault.Key] must pass it. It refuses to look inside: everything
// is checked from the other side of the conversation.
package vaulttest

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip04"
	"github.com/privyseal/privyseal/nostr/nip44"
)

var ciphers = []privyseal.Cipher{privyseal.CipherNip44, privyseal.CipherNip04}

// RunKey checks a backend; newKey makes a fresh key, ready to use.
func RunKey(t *testing.T, newKey func(t *testing.T) vault.Key) {
	t.Run("signs the template unaltered", func(t *testing.T) { testSign(t, newKey(t)) })
	t.Run("refuses what it must not sign", func(t *testing.T) { testRefuse(t, newKey(t)) })
	t.Run("talks with another implementation", func(t *testing.T) { testTalk(t, newKey(t)) })
	t.Run("tells wrong peers and damage", func(t *testing.T) { testWrong(t, newKey(t)) })
	t.Run("refuses unknown ciphers", func(t *testing.T) { testCipher(t, newKey(t)) })
	t.Run("serves many at once", func(t *testing.T) { testConcurrent(t, newKey(t)) })
}

// RunEnd checks that a key is of no use once end was called (the vault was
// locked, the key forgotten): everything answers want, what is under way
// finishes or answers want, and the public key stays.
func RunEnd(t *testing.T, newKey func(t *testing.T) (k vault.Key, end func()), want error) {
	t.Run("nothing works afterwards", func(t *testing.T) {
		k, end := newKey(t)
		pub, payloads := k.PublicKey(), make(map[privyseal.Cipher]string)
		for _, c := range ciphers {
			payloads[c] = encrypt(t, k, c, pub, "before")
		}
		end()
		end()
		if k.PublicKey() != pub {
			t.Error("the public key changed")
		}
		if _, err := k.Sign(template()); !errors.Is(err, want) {
			t.Errorf("Sign: %v", err)
		}
		for _, c := range ciphers {
			if _, err := k.Encrypt(c, pub, "after"); !errors.Is(err, want) {
				t.Errorf("Encrypt with %v: %v", c, err)
			}
			if _, err := k.Decrypt(c, pub, payloads[c]); !errors.Is(err, want) {
				t.Errorf("Decrypt with %v: %v", c, err)
			}
		}
	})
	t.Run("in the midst of work", func(t *testing.T) {
		k, end := newKey(t)
		payload := encrypt(t, k, privyseal.CipherNip44, k.PublicKey(), "text")
		parallel(4, func() {
			for {
				if e, err := k.Sign(template()); err == nil {
					if err := e.Verify(); err != nil {
						t.Errorf("signed wrongly while ending: %v", err)
						return
					}
				} else if !errors.Is(err, want) {
					t.Errorf("Sign: %v", err)
					return
				}
				text, err := k.Decrypt(privyseal.CipherNip44, k.PublicKey(), payload)
				if errors.Is(err, want) {
					return
				}
				if err != nil || text != "text" {
					t.Errorf("Decrypt: %q, %v", text, err)
					return
				}
			}
		}, end)
	})
}

func template() *nostr.Template {
	return &nostr.Template{
		CreatedAt: 1_700_000_000, Kind: 1, Content: "hello \u2028 \"world\" \x00 ü",
		Tags: nostr.Tags{{"p", strings.Repeat("ab", 32)}, {"e"}, {"", ""}, {"p", strings.Repeat("ab", 32)}},
	}
}

func testSign(t *testing.T, k vault.Key) {
	pub := k.PublicKey()
	for _, named := range []*nostr.PubKey{nil, &pub} {
		given := template()
		given.PubKey = named
		first, err := k.Sign(given)
		if err != nil {
			t.Fatal(err)
		}
		if err := first.Verify(); err != nil {
			t.Fatal(err)
		}
		want := template()
		same := func(a, b nostr.Tag) bool { return slices.Equal(a, b) }
		if first.PubKey != pub || first.Kind != want.Kind || first.CreatedAt != want.CreatedAt ||
			first.Content != want.Content || !slices.EqualFunc(first.Tags, want.Tags, same) {
			t.Fatalf("the template was altered: %+v", first)
		}
		if !slices.EqualFunc(given.Tags, want.Tags, same) || given.PubKey != named {
			t.Fatal("the caller's template was changed")
		}
		second, err := k.Sign(given)
		if err != nil {
			t.Fatal(err)
		}
		if first.ID != second.ID || first.Sig == second.Sig {
			t.Fatal("a signature must be fresh each time")
		}
	}
}

func testRefuse(t *testing.T, k vault.Key) {
	stranger := newPeer(t).pub
	for name, change := range map[string]func(*nostr.Template){
		"another author":   func(t *nostr.Template) { t.PubKey = &stranger },
		"empty tag":        func(t *nostr.Template) { t.Tags = nostr.Tags{{}} },
		"invalid UTF-8":    func(t *nostr.Template) { t.Content = "\xff" },
		"before the epoch": func(t *nostr.Template) { t.CreatedAt = -1 },
	} {
		bad := template()
		change(bad)
		e, err := k.Sign(bad)
		if e != nil || privyseal.KindOf(err) != privyseal.KindInvalid {
			t.Errorf("%s: %v, %v", name, e, err)
		}
	}
}

func testTalk(t *testing.T, k vault.Key) {
	other := newPeer(t)
	for _, c := range ciphers {
		for _, text := range []string{"a", "grüße 🙂", strings.Repeat("long ", 20_000)} {
			for range 2 { // derived, then cached
				payload := encrypt(t, k, c, other.pub, text)
				if got := other.decrypt(t, c, k.PublicKey(), payload); got != text {
					t.Fatalf("%v: the other side read %d bytes, want %d", c, len(got), len(text))
				}
				got, err := k.Decrypt(c, other.pub, other.encrypt(t, c, k.PublicKey(), text))
				if err != nil || got != text {
					t.Fatalf("%v: %d bytes, %v; want %d", c, len(got), err, len(text))
				}
				if again := encrypt(t, k, c, other.pub, text); again == payload {
					t.Fatalf("%v: the same payload twice", c)
				}
			}
		}
	}
}

func testWrong(t *testing.T, k vault.Key) {
	friend, stranger := newPeer(t), newPeer(t)
	for _, c := range ciphers {
		payload := friend.encrypt(t, c, k.PublicKey(), "for you")
		// NIP-04 authenticates nothing: a wrong key may open to other text.
		if text, err := k.Decrypt(c, stranger.pub, payload); text == "for you" || err == nil && c == privyseal.CipherNip44 {
			t.Errorf("%v: opened with a stranger's key: %v", c, err)
		}
		for _, bad := range []string{"", "x", payload[:len(payload)-1], payload + "="} {
			if _, err := k.Decrypt(c, friend.pub, bad); privyseal.KindOf(err) != privyseal.KindInvalid &&
				privyseal.KindOf(err) != privyseal.KindUnsupported {
				t.Errorf("%v: damaged payload: %v", c, err)
			}
		}
		off := nostr.PubKey{31: 5} // 5 is no point's x coordinate
		if _, err := k.Encrypt(c, off, "text"); privyseal.KindOf(err) != privyseal.KindInvalid {
			t.Errorf("%v: encrypted to no point: %v", c, err)
		}
		if _, err := k.Decrypt(c, off, payload); privyseal.KindOf(err) != privyseal.KindInvalid {
			t.Errorf("%v: decrypted from no point: %v", c, err)
		}
	}
	if _, err := k.Encrypt(privyseal.CipherNip44, friend.pub, ""); privyseal.KindOf(err) != privyseal.KindInvalid {
		t.Errorf("NIP-44 has no empty text: %v", err)
	}
}

func testCipher(t *testing.T, k vault.Key) {
	other := newPeer(t)
	for _, c := range []privyseal.Cipher{privyseal.CipherUnknown, 200} {
		if out, err := k.Encrypt(c, other.pub, "text"); out != "" || privyseal.KindOf(err) != privyseal.KindUnsupported {
			t.Errorf("Encrypt: %v", err)
		}
		if out, err := k.Decrypt(c, other.pub, "text"); out != "" || privyseal.KindOf(err) != privyseal.KindUnsupported {
			t.Errorf("Decrypt: %v", err)
		}
	}
}

// testConcurrent has more conversations than a small cache holds, so that keys
// are evicted while they are used.
func testConcurrent(t *testing.T, k vault.Key) {
	peers := make([]peer, 10)
	for i := range peers {
		peers[i] = newPeer(t)
	}
	work := func() {
		for i := range 2 * len(peers) {
			other := peers[i*7%len(peers)]
			text := other.pub.String()
			payload, err := k.Encrypt(privyseal.CipherNip44, other.pub, text)
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := k.Decrypt(privyseal.CipherNip44, other.pub, payload); err != nil || got != text {
				t.Errorf("%q, %v", got, err)
				return
			}
			if e, err := k.Sign(template()); err != nil || e.Verify() != nil {
				t.Errorf("Sign: %v", err)
				return
			}
		}
	}
	parallel(3, work, work)
}

// parallel runs f n times beside last and waits for all.
func parallel(n int, f, last func()) {
	var all sync.WaitGroup
	for range n {
		all.Go(f)
	}
	last()
	all.Wait()
}

func encrypt(t *testing.T, k vault.Key, c privyseal.Cipher, to nostr.PubKey, text string) string {
	t.Helper()
	payload, err := k.Encrypt(c, to, text)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// peer is the other side of a conversation, without a vault.
type peer struct {
	pub  nostr.PubKey
	pair nostr.Keypair
}

func newPeer(t *testing.T) peer {
	t.Helper()
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		t.Fatal(err)
	}
	pair, err := sk.Keypair()
	if err != nil {
		t.Fatal(err)
	}
	return peer{pub: pair.PublicKey(), pair: pair}
}

func (p peer) encrypt(t *testing.T, c privyseal.Cipher, to nostr.PubKey, text string) string {
	t.Helper()
	return p.run(t, c, to, text, nip44.Encrypt, nip04.Encrypt)
}

func (p peer) decrypt(t *testing.T, c privyseal.Cipher, from nostr.PubKey, payload string) string {
	t.Helper()
	return p.run(t, c, from, payload, nip44.Decrypt, nip04.Decrypt)
}

func (p peer) run(t *testing.T, c privyseal.Cipher, other nostr.PubKey, in string,
	f44 func(*nip44.ConversationKey, string) (string, error), f04 func(*nip04.SharedKey, string) (string, error),
) (out string) {
	t.Helper()
	ck, err := nip44.NewConversationKey(p.pair, (*[32]byte)(&other))
	if err == nil && c == privyseal.CipherNip44 {
		out, err = f44(&ck, in)
	} else if err == nil {
		var sk nip04.SharedKey
		if sk, err = nip04.NewSharedKey(p.pair, (*[32]byte)(&other)); err == nil {
			out, err = f04(&sk, in)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}
