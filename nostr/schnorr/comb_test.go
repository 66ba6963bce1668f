package schnorr

import (
	"math/big"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// Every entry is the multiple that its place says, of either sign.
func TestComb(t *testing.T) {
	base := generator()
	for i := range combG() {
		for v := range uint64(1 << combBits) {
			digit := 2*int64(v) - (1<<combBits - 1)
			size := scalar(big.NewInt(max(digit, -digit)).Bytes())
			if digit < 0 {
				size.Negate()
			}
			var want secp256k1.JacobianPoint
			secp256k1.ScalarMultNonConst(&size, &base, &want)
			p := combG()[i].pick(v)
			got := sum{p.x, p.y, one, true}
			if !equal(got, sumOf(want)) {
				t.Fatalf("row %d, value %d is not the multiple by %d", i, v, digit)
			}
		}
		for range combBits {
			secp256k1.DoubleNonConst(&base, &base)
		}
	}
}

// Those numbers for which the last multiple is the sum of all before it, or its
// negative, as the order comes between.
func TestCombWhereItCannotTell(t *testing.T) {
	untold := 0
	for digit := int64(-63); digit <= 63; digit += 2 {
		k := scalar(big.NewInt(max(digit, -digit)).Bytes())
		if digit < 0 {
			k.Negate()
		}
		for range combBits*(combRows-1) + 1 {
			k.Add2(&k, &k)
		}
		var want secp256k1.JacobianPoint
		secp256k1.ScalarBaseMultNonConst(&k, &want)
		if !equal(secretG(&k), sumOf(want)) {
			t.Errorf("2·%d·2²⁵²: another point", digit)
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
