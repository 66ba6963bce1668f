package schnorr

import (
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// A signature with anything wrong fails the self-check.
func TestPureGoCheckFindsFaults(t *testing.T) {
	k, err := PureGo.NewKeypair(&[32]byte{31: 3})
	if err != nil {
		t.Fatal(err)
	}
	hash := [32]byte{1}
	key := k.(*pureGoKeypair)
	sig, y, err := key.sign(&hash, &[32]byte{})
	if err != nil {
		t.Fatal(err)
	}
	if !key.check(&hash, &sig, &y) {
		t.Fatal("a good signature fails")
	}
	for bit := range 512 {
		bad := sig
		bad[bit/8] ^= 1 << (bit % 8)
		if key.check(&hash, &bad, &y) {
			t.Fatalf("bit %d of the signature", bit)
		}
	}
	for _, part := range []int{0, 32} { // beyond the field and beyond the order
		bad := sig
		for i := range 32 {
			bad[part+i] = 0xff
		}
		if key.check(&hash, &bad, &y) {
			t.Errorf("all ones at %d", part)
		}
	}
	if key.check(&[32]byte{2}, &sig, &y) {
		t.Error("another hash")
	}

	// −R with its odd y, and R with the other sign's s.
	var odd field
	odd.negate(&y).normal()
	if key.check(&hash, &sig, &odd) {
		t.Error("an odd y")
	}
	var nonce, s, e secp256k1.ModNScalar
	challenge(&e, &sig, &key.pub, &hash)
	e.Mul(&key.d)
	s.SetBytes((*[32]byte)(sig[32:]))
	nonce.NegateVal(&e).Add(&s).Negate()
	s.Add2(&nonce, &e).PutBytesUnchecked(sig[32:])
	if key.check(&hash, &sig, &odd) || key.check(&hash, &sig, &y) {
		t.Error("the signature of −R")
	}
}

// The cache stays bounded, and what is used keeps its place.
func TestKeyCache(t *testing.T) {
	var c keyCache[int]
	used := [32]byte{31: 1}
	c.put(&used, 42)
	for i := range 10 * cacheGeneration {
		key := [32]byte{byte(i), byte(i >> 8), byte(i >> 16), 1}
		if _, ok := c.get(&key); ok {
			t.Fatal("found what was never put")
		}
		c.put(&key, i)
		if v, ok := c.get(&used); !ok || v != 42 {
			t.Fatalf("the key in use was forgotten after %d others", i)
		}
		if n := len(c.young) + len(c.old); n > 2*cacheGeneration {
			t.Fatalf("%d keys", n)
		}
	}
	first := [32]byte{3: 1}
	if _, ok := c.get(&first); ok {
		t.Error("an unused key was kept")
	}
}

func TestNoAllocation(t *testing.T) {
	for _, b := range []Backend{PureGo, Default} {
		k, err := b.NewKeypair(&[32]byte{31: 3})
		if err != nil {
			t.Fatal(err)
		}
		pub, hash := k.PublicKey(), [32]byte{1}
		sig, err := k.Sign(&hash)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(20, func() { b.Verify(&pub, &hash, &sig) }); n > 0 {
			t.Errorf("%s: Verify allocates %v times", b.Name(), n)
		}
	}
}
