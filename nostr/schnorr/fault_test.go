package schnorr

import (
	"errors"
	"testing"
)

// A signature with any one bit wrong fails the self-check.
func TestPureGoCheckFindsFaults(t *testing.T) {
	k, err := PureGo.NewKeypair(&[32]byte{31: 3})
	if err != nil {
		t.Fatal(err)
	}
	hash := [32]byte{1}
	sig, err := k.Sign(&hash)
	if err != nil {
		t.Fatal(err)
	}
	check := k.(*pureGoKeypair).check
	if err := check(&hash, &sig); err != nil {
		t.Fatalf("a good signature: %v", err)
	}
	for bit := range 512 {
		bad := sig
		bad[bit/8] ^= 1 << (bit % 8)
		if err := check(&hash, &bad); !errors.Is(err, ErrFault) {
			t.Fatalf("bit %d: %v", bit, err)
		}
	}
	for _, part := range []int{0, 32} { // beyond the field and beyond the order
		bad := sig
		for i := range 32 {
			bad[part+i] = 0xff
		}
		if err := check(&hash, &bad); !errors.Is(err, ErrFault) {
			t.Errorf("all ones at %d: %v", part, err)
		}
	}
	k.Wipe()
	if err := check(&hash, &sig); !errors.Is(err, ErrWiped) {
		t.Errorf("after Wipe: %v", err)
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
