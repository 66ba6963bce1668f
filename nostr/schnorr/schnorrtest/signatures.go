package schnorrtest

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

func roundTrip(t *testing.T, b schnorr.Backend) {
	k := newKeypair(t, b)
	other := newKeypair(t, b).PublicKey()
	pub := k.PublicKey()
	rapid.Check(t, func(t *rapid.T) {
		hash := draw(t, "hash")
		sign := rapid.SampledFrom([]func(*[32]byte) ([64]byte, error){k.Sign, k.SignChecked}).Draw(t, "sign")
		sig, err := sign(&hash)
		if err != nil {
			t.Fatal(err)
		}
		if !b.Verify(&pub, &hash, &sig) {
			t.Fatal("a good signature does not verify")
		}
		if b.Verify(&other, &hash, &sig) {
			t.Fatal("verifies for another key")
		}
		bit := rapid.IntRange(0, 511).Draw(t, "bit")
		bad := sig
		bad[bit/8] ^= 1 << (bit % 8)
		if b.Verify(&pub, &hash, &bad) {
			t.Fatal("verifies with a bit of the signature flipped")
		}
		hash[bit%32] ^= 1 << (bit / 64)
		if b.Verify(&pub, &hash, &sig) {
			t.Fatal("verifies with a bit of the hash flipped")
		}
	})
}

func freshRandomness(t *testing.T, b schnorr.Backend) {
	k := newKeypair(t, b)
	for name, sign := range map[string]func(*[32]byte) ([64]byte, error){"Sign": k.Sign, "SignChecked": k.SignChecked} {
		first, err1 := sign(&[32]byte{1})
		second, err2 := sign(&[32]byte{1})
		if err1 != nil || err2 != nil || first == second {
			t.Errorf("%s: no fresh randomness, or an error: %v, %v", name, err1, err2)
		}
	}
}
