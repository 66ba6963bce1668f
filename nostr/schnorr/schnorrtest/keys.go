package schnorrtest

import (
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

func invalidSecrets(t *testing.T, b schnorr.Backend) {
	for _, secret := range [][32]byte{{}, order(0), order(1), fieldSize(0), number(strings.Repeat("ff", 32), 0)} {
		if _, err := b.NewKeypair(&secret); !errors.Is(err, schnorr.ErrInvalidSecret) {
			t.Errorf("%x: %v", secret, err)
		}
	}
	for _, secret := range [][32]byte{{31: 1}, order(-1)} {
		before := secret
		k, err := b.NewKeypair(&secret)
		if err != nil {
			t.Fatalf("%x: %v", secret, err)
		}
		k.Wipe()
		if secret != before {
			t.Error("the caller's secret was changed")
		}
	}
}

func invalidPublicKeys(t *testing.T, b schnorr.Backend) {
	k := newKeypair(t, b)
	hash := [32]byte{1}
	sig, err := k.Sign(&hash)
	if err != nil {
		t.Fatal(err)
	}
	offCurve := [32]byte{31: 5} // 5³+7 is no square
	for _, pub := range [][32]byte{{}, offCurve, fieldSize(0), fieldSize(1)} {
		for range 2 { // refusals are not cached as keys
			if b.ValidPublicKey(&pub) {
				t.Errorf("%x is called valid", pub)
			}
			if b.Verify(&pub, &hash, &sig) {
				t.Errorf("%x verifies", pub)
			}
			if _, err := k.ECDH(&pub); !errors.Is(err, schnorr.ErrInvalidPublicKey) {
				t.Errorf("%x: %v", pub, err)
			}
		}
	}
	if pub := k.PublicKey(); !b.ValidPublicKey(&pub) {
		t.Error("a keypair's public key is called invalid")
	}
}

func ecdh(t *testing.T, b schnorr.Backend) {
	for range 50 {
		one, two := newKeypair(t, b), newKeypair(t, b)
		pub1, pub2 := one.PublicKey(), two.PublicKey()
		x1, err1 := one.ECDH(&pub2)
		x2, err2 := two.ECDH(&pub1)
		if err1 != nil || err2 != nil || x1 != x2 || x1 == ([32]byte{}) {
			t.Fatalf("ECDH is not symmetric: %v, %v", err1, err2)
		}
	}
	// The secret 1 leaves the peer's point where it is.
	k, err := b.NewKeypair(&[32]byte{31: 1})
	if err != nil {
		t.Fatal(err)
	}
	peer := newKeypair(t, b).PublicKey()
	if x, err := k.ECDH(&peer); err != nil || x != peer {
		t.Errorf("1·P is not P: %v", err)
	}
}

func manyKeys(t *testing.T, b schnorr.Backend) {
	k := newKeypair(t, b)
	pub, hash := k.PublicKey(), [32]byte{7}
	sig, err := k.Sign(&hash)
	if err != nil {
		t.Fatal(err)
	}
	var x [32]byte
	for range 12_000 { // half of all x are valid
		rand.Read(x[:])
		b.ValidPublicKey(&x)
	}
	if !b.Verify(&pub, &hash, &sig) {
		t.Error("a key forgotten by the cache does not verify")
	}
}
