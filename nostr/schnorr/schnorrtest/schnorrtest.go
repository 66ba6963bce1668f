// Package schnorrtest is what every [schnorr.Backend] must pass: the BIP-340
// vectors and the promises of the interfaces. It refuses to judge speed and
// timing; benchmarks and reviews do.
package schnorrtest

import (
	"crypto/rand"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

// AuxSigner is a keypair that also signs with given auxiliary randomness. The
// known-answer tests need it of a backend's keypairs.
type AuxSigner interface {
	SignAux(hash, aux *[32]byte) ([64]byte, error)
}

// Run puts a backend through all tests.
func Run(t *testing.T, b schnorr.Backend) {
	t.Run("vectors", func(t *testing.T) { vectors(t, b) })
	t.Run("invalid secrets", func(t *testing.T) { invalidSecrets(t, b) })
	t.Run("invalid public keys", func(t *testing.T) { invalidPublicKeys(t, b) })
	t.Run("round trip", func(t *testing.T) { roundTrip(t, b) })
	t.Run("fresh randomness", func(t *testing.T) { freshRandomness(t, b) })
	t.Run("ECDH", func(t *testing.T) { ecdh(t, b) })
	t.Run("more keys than the cache holds", func(t *testing.T) { manyKeys(t, b) })
	t.Run("wipe", func(t *testing.T) { wipe(t, b) })
	t.Run("wipe beside use", func(t *testing.T) { wipeBesideUse(t, b) })
	t.Run("redaction", func(t *testing.T) { redaction(t, b) })
}

// Same checks that two backends answer the same to the same questions.
func Same(t *testing.T, a, b schnorr.Backend) {
	t.Run("keys, signatures, secrets", rapid.MakeCheck(func(t *rapid.T) {
		secret, peer, hash, aux := draw(t, "secret"), draw(t, "peer"), draw(t, "hash"), draw(t, "aux")
		if a.ValidPublicKey(&peer) != b.ValidPublicKey(&peer) {
			t.Fatal("disagreement on a public key")
		}
		ka, errA := a.NewKeypair(&secret)
		kb, errB := b.NewKeypair(&secret)
		if !errors.Is(errB, errA) {
			t.Fatalf("secret: %v and %v", errA, errB)
		}
		if errA != nil {
			return
		}
		pub := ka.PublicKey()
		if pub != kb.PublicKey() {
			t.Fatal("different public keys")
		}
		sig := signAux(t, ka, &hash, &aux)
		if sig != signAux(t, kb, &hash, &aux) {
			t.Fatal("different signatures")
		}
		xa, errA := ka.ECDH(&peer)
		xb, errB := kb.ECDH(&peer)
		if !errors.Is(errB, errA) || xa != xb {
			t.Fatalf("ECDH differs: %v and %v", errA, errB)
		}
		sig[rapid.IntRange(0, 63).Draw(t, "byte")] ^= rapid.SampledFrom([]byte{0, 1, 0x80, 0xff}).Draw(t, "flip")
		if a.Verify(&pub, &hash, &sig) != b.Verify(&pub, &hash, &sig) {
			t.Fatal("disagreement on a signature")
		}
	}))
}

func signAux(t rapid.TB, k schnorr.Keypair, hash, aux *[32]byte) [64]byte {
	t.Helper()
	signer, ok := k.(AuxSigner)
	if !ok {
		t.Fatalf("%T is no AuxSigner", k)
	}
	sig, err := signer.SignAux(hash, aux)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

func newKeypair(t rapid.TB, b schnorr.Backend) schnorr.Keypair {
	t.Helper()
	var secret [32]byte
	rand.Read(secret[:])
	k, err := b.NewKeypair(&secret)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
