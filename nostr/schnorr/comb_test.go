package schnorr

import (
	"math/big"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// Every entry is the multiple that its place says, for either of a pair.
func TestComb(t *testing.T) {
	base := generator()
	for i := range combG() {
		var want [1 << combTeeth]secp256k1.JacobianPoint
		for v := range want {
			var k, tooth secp256k1.ModNScalar
			for t := range combTeeth {
				tooth.SetInt(1 << (t * combSpacing))
				if v>>t&1 == 0 {
					tooth.Negate()
				}
				k.Add(&tooth)
			}
			secp256k1.ScalarMultNonConst(&k, &base, &want[v])
		}
		for v := range want {
			var w pair
			other := len(want) - 1 - 5*v&(len(want)-1)
			w.pick(&combG()[i], [2]uint64{uint64(v), uint64(other)})
			w.begin()
			if !equal(w.sum(0), sumOf(want[v])) || !equal(w.sum(1), sumOf(want[other])) {
				t.Fatalf("row %d, values %d and %d: other multiples", i, v, other)
			}
		}
		for range combWidth {
			secp256k1.DoubleNonConst(&base, &base)
		}
	}
}

// Odd multiples of n, with the signs turned round of what one of the pair sums:
// where all fits, both end at the same point.
func TestCombWhereItCannotTell(t *testing.T) {
	n := secp256k1.Params().N
	top := new(big.Int).Lsh(big.NewInt(1), combRows*combWidth)
	untold := 0
	for times := int64(-255); times <= 255; times += 2 {
		signs := new(big.Int).Mul(n, big.NewInt(times)) // 2K − (2²⁶⁴ − 1)
		signs.Add(signs, top).Sub(signs, big.NewInt(1)).Rsh(signs, 1)
		var k, bit secp256k1.ModNScalar
		for i := range combRows * combWidth {
			one := big.NewInt(1)
			bit = scalar(one.Lsh(one, uint(i)).Mod(one, n).Bytes())
			if plus := signs.Bit(i) == 1; plus == (i%combSpacing < combSpacing/2) {
				bit.Negate()
			}
			k.Add(&bit)
		}
		var want secp256k1.JacobianPoint
		secp256k1.ScalarBaseMultNonConst(&k, &want)
		if !equal(secretG(&k), sumOf(want)) {
			t.Errorf("%v: another point", k)
		}
		if s := combSum(&k); !s.told() {
			untold++
		}
	}
	if untold == 0 {
		t.Error("none of them met its equal: the test tests nothing")
	}
}

func TestNegateIf(t *testing.T) {
	for _, n := range []int64{0, 1, 7, 1 << 40} {
		k, f := scalar(big.NewInt(n).Bytes()), field{uint64(n)}
		want, wantField := k, f
		negateIf(&k, 0)
		f.negateIf(0)
		if !k.Equals(&want) || f != wantField {
			t.Errorf("%d was changed", n)
		}
		negateIf(&k, 1)
		f.negateIf(1)
		want.Negate()
		wantField.negate(&wantField).normal()
		if !k.Equals(&want) || f != wantField {
			t.Errorf("%d was not negated", n)
		}
	}
}

func BenchmarkSecretG(b *testing.B) {
	k := scalar([]byte{1, 2, 3, 31: 4})
	for b.Loop() {
		secretG(&k)
	}
}
