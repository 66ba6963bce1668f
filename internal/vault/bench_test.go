package vault

import (
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

func benchKeys(b *testing.B) (user, signer Key) {
	b.Helper()
	v := New(Options{})
	b.Cleanup(v.Close)
	if err := v.Create(); err != nil {
		b.Fatal(err)
	}
	_, sealedUser, err := v.NewUserKey("me")
	if err != nil {
		b.Fatal(err)
	}
	_, sealedSigner, err := v.NewSignerKey("app")
	if err != nil {
		b.Fatal(err)
	}
	if user, err = v.UserKey("me", sealedUser); err != nil {
		b.Fatal(err)
	}
	if signer, err = v.SignerKey("app", sealedSigner); err != nil {
		b.Fatal(err)
	}
	return user, signer
}

// BenchmarkSign is one event with the user key, checked.
func BenchmarkSign(b *testing.B) {
	user, _ := benchKeys(b)
	t := &nostr.Template{Kind: 1, CreatedAt: 1, Content: strings.Repeat("note ", 40)}
	for b.Loop() {
		if _, err := user.Sign(t); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEnvelope opens a request and seals an answer of usual size.
func BenchmarkEnvelope(b *testing.B) {
	user, signer := benchKeys(b)
	text := strings.Repeat("request ", 60)
	payload, err := signer.Encrypt(privyseal.CipherNip44, user.PublicKey(), text)
	if err != nil {
		b.Fatal(err)
	}
	work := func() {
		if _, err := signer.Decrypt(privyseal.CipherNip44, user.PublicKey(), payload); err != nil {
			b.Error(err)
		}
		if _, err := signer.Encrypt(privyseal.CipherNip44, user.PublicKey(), text); err != nil {
			b.Error(err)
		}
	}
	b.Run("one", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			work()
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				work()
			}
		})
	})
}

// BenchmarkConversation is the look-up alone, cached and derived.
func BenchmarkConversation(b *testing.B) {
	_, signer := benchKeys(b)
	k, ok := signer.(*localKey)
	if !ok {
		b.Fatal("another backend")
	}
	peer := k.pub
	b.Run("cached", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := k.converse(privyseal.CipherNip44, peer, func(*[32]byte) {}); err != nil {
					b.Error(err)
				}
			}
		})
	})
	b.Run("derived", func(b *testing.B) {
		for b.Loop() {
			k.cache.wipe()
			if err := k.converse(privyseal.CipherNip44, peer, func(*[32]byte) {}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkSeal seals and opens a stored answer.
func BenchmarkSeal(b *testing.B) {
	v := newUnlocked(b)
	answer := []byte(strings.Repeat("answer ", 60))
	for b.Loop() {
		sealed, err := v.Seal(PurposeAnswer, "app", 1, answer)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := v.Open(PurposeAnswer, "app", 1, sealed); err != nil {
			b.Fatal(err)
		}
	}
}
