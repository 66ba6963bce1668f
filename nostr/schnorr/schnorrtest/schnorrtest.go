// Package schnorrtest is what every [schnorr.Backend] must pass: the BIP-340
// vectors and the promises of the interfaces. It refuses to judge speed and
// timing; benchmarks and reviews do.
package schnorrtest

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
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

// draw favours the edges of the scalar and field ranges.
func draw(t *rapid.T, label string) [32]byte {
	edges := rapid.SampledFrom([][32]byte{{}, {31: 1}, order(-1), order(0), order(1), fieldSize(-1), fieldSize(0), fieldSize(1)})
	some := rapid.Custom(func(t *rapid.T) [32]byte {
		return [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "bytes"))
	})
	return rapid.OneOf(some, some, some, edges).Draw(t, label)
}

func order(plus int) [32]byte {
	return number("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", plus)
}

func fieldSize(plus int) [32]byte {
	return number("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", plus)
}

// number parses 32 bytes and moves the last one, which must not overflow.
func number(text string, plus int) (n [32]byte) {
	if _, err := hex.Decode(n[:], []byte(text)); err != nil {
		panic(err)
	}
	n[31] = byte(int(n[31]) + plus)
	return n
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

func wipe(t *testing.T, b schnorr.Backend) {
	k := newKeypair(t, b)
	pub, hash := k.PublicKey(), [32]byte{1}
	k.Wipe()
	k.Wipe()
	_, err1 := k.Sign(&hash)
	_, err2 := k.SignChecked(&hash)
	_, err3 := k.ECDH(&pub)
	for _, err := range []error{err1, err2, err3} {
		if !errors.Is(err, schnorr.ErrWiped) {
			t.Errorf("after Wipe: %v", err)
		}
	}
	if k.PublicKey() != pub {
		t.Error("the public key did not outlive Wipe")
	}
}

func wipeBesideUse(t *testing.T, b schnorr.Backend) {
	k := newKeypair(t, b)
	pub, hash := k.PublicKey(), [32]byte{1}
	var started, done sync.WaitGroup
	for range 4 {
		started.Add(1)
		done.Go(func() {
			for first := true; ; first = false {
				sig, err := k.SignChecked(&hash)
				if first {
					started.Done()
				}
				if errors.Is(err, schnorr.ErrWiped) {
					return
				}
				if err != nil || !b.Verify(&pub, &hash, &sig) {
					t.Errorf("neither a signature nor ErrWiped: %v", err)
					return
				}
			}
		})
	}
	started.Wait()
	k.Wipe()
	done.Wait()
}

func redaction(t *testing.T, b schnorr.Backend) {
	secret := [32]byte([]byte("a secret that nobody may see ..."))
	k, err := b.NewKeypair(&secret)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("key", "key", k)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("key", "key", k, "inside", struct{ K schnorr.Keypair }{k})
	encoded, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		fmt.Sprint(k), fmt.Sprintf("%v %+v %#v %s %x %X %d %q", k, k, k, k, k, k, k, k),
		fmt.Sprintf("%+v %#v", struct{ K schnorr.Keypair }{k}, []schnorr.Keypair{k}), log.String(), string(encoded),
	} {
		for _, seen := range []string{"nobody may", hex.EncodeToString(secret[4:12]), "115 101 99 114"} {
			if strings.Contains(strings.ToLower(text), seen) {
				t.Error("the secret shows")
			}
		}
		if !strings.Contains(text, "[secret key]") {
			t.Error("no redaction")
		}
	}
}
