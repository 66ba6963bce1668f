package schnorr

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

var prime, _ = new(big.Int).SetString("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", 16)

func (z *field) number() *big.Int {
	var b [32]byte
	z.putBytes(b[:])
	return new(big.Int).SetBytes(b[:])
}

// limb draws what carries come from as often as anything.
func limb() *rapid.Generator[uint64] {
	return rapid.OneOf(rapid.Uint64(), rapid.SampledFrom([]uint64{0, 1, fold - 1, fold, fold + 1, 1<<64 - fold - 1, 1<<64 - fold, 1<<64 - fold + 1, 1<<64 - 2, 1<<64 - 1, 1 << 63}))
}

func element() *rapid.Generator[field] {
	return rapid.Custom(func(t *rapid.T) field {
		return field{limb().Draw(t, "0"), limb().Draw(t, "1"), limb().Draw(t, "2"), limb().Draw(t, "3")}
	})
}

// Every operation is what big numbers say, for every value of the limbs.
func TestField(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x, y := element().Draw(t, "x"), element().Draw(t, "y")
		a, b := x.number(), y.number()
		is := func(name string, got *field, want *big.Int) {
			if want.Mod(want, prime); got.normal().number().Cmp(want) != 0 {
				t.Fatalf("%s: %x, want %x", name, got.number(), want)
			}
		}
		var z field
		is("add", z.add(&x, &y), new(big.Int).Add(a, b))
		is("sub", z.sub(&x, &y), new(big.Int).Sub(a, b))
		is("negate", z.negate(&x), new(big.Int).Neg(a))
		is("mul", z.mul(&x, &y), new(big.Int).Mul(a, b))
		is("square", z.square(&x), new(big.Int).Mul(a, a))
		z = x
		is("mul in place", z.mul(&z, &z), new(big.Int).Mul(a, a))
		inverse := new(big.Int).ModInverse(new(big.Int).Mod(a, prime), prime)
		if inverse == nil {
			inverse = new(big.Int)
		}
		is("inverse", z.inverse(&x), inverse)
		k := rapid.Uint32().Draw(t, "k")
		is("times", z.times(&x, k), new(big.Int).Mul(a, big.NewInt(int64(k))))
		root := new(big.Int).ModSqrt(new(big.Int).Mod(a, prime), prime)
		if found := z.root(&x); found != (root != nil) {
			t.Fatalf("%x: a root found: %v", a, found)
		} else if found {
			is("root", z.square(&z), new(big.Int).Set(a))
		}
		z = x
		is("normal", &z, a)
		if z.isZero() != (a.Sign() == 0) || z.isOdd() != (a.Bit(0) == 1) {
			t.Fatalf("%x: zero %v, odd %v", a, z.isZero(), z.isOdd())
		}
		var raw [32]byte
		z.putBytes(raw[:])
		var again field
		if *again.setBytes(&raw) != z {
			t.Fatal("bytes are another number")
		}
	})
}

func BenchmarkField(b *testing.B) {
	x := field{1, 2, 3, 1 << 63}
	var z field
	b.Run("mul", func(b *testing.B) {
		for z = x; b.Loop(); {
			z.mul(&z, &x)
		}
	})
	b.Run("square", func(b *testing.B) {
		for z = x; b.Loop(); {
			z.square(&z)
		}
	})
	b.Run("inverse", func(b *testing.B) {
		for z = x; b.Loop(); {
			z.inverse(&z)
		}
	})
}
