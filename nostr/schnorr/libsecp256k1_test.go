//go:build libsecp256k1

package schnorr_test

import (
	"testing"

	"github.com/privyseal/privyseal/nostr/schnorr"
	"github.com/privyseal/privyseal/nostr/schnorr/schnorrtest"
)

func TestLibsecp256k1(t *testing.T) { schnorrtest.Run(t, schnorr.Libsecp256k1) }

func TestSame(t *testing.T) { schnorrtest.Same(t, schnorr.PureGo, schnorrtest.Libsecp256k1) }

// FuzzVerify looks for a signature on which the backends disagree.
func FuzzVerify(f *testing.F) {
	k, err := schnorr.PureGo.NewKeypair(&key)
	if err != nil {
		f.Fatal(err)
	}
	pub, hash := k.PublicKey(), [32]byte{9}
	sig, err := k.Sign(&hash)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pub[:], hash[:], sig[:])
	f.Add(make([]byte, 32), make([]byte, 32), make([]byte, 64))
	f.Fuzz(func(t *testing.T, pub, hash, sig []byte) {
		if len(pub) != 32 || len(hash) != 32 || len(sig) != 64 {
			return
		}
		p, h, s := [32]byte(pub), [32]byte(hash), [64]byte(sig)
		if schnorr.PureGo.Verify(&p, &h, &s) != schnorr.Libsecp256k1.Verify(&p, &h, &s) {
			t.Error("the backends disagree")
		}
	})
}
