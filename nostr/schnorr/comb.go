package schnorr

import (
	"sync"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// A secret multiple of the generator is a sum of 43 odd multiples, none of them
// missing and each looked up by reading all of its row: neither a branch nor an
// index depends on the secret. Every number modulo n is Σ dᵢ·2^(6i) with odd dᵢ
// from −63 to 63: with 2bᵢ−1 for each bit of the whole, it is 2K − (2²⁵⁸ − 1) for
// one K, and dᵢ is 2v − 63 for K's window v (as libsecp256k1 has it since 0.5).
const (
	combBits = 6
	combRows = 43
)

// comb holds (2j+1)·2^(6i)·G in row i.
type (
	comb    [combRows]combRow
	combRow [1 << (combBits - 1)]affine
)

var combG = sync.OnceValue(func() *comb {
	var c comb
	base := generator()
	row := make([]sum, len(c[0]))
	for i := range c {
		row[0].of(&base)
		secp256k1.DoubleNonConst(&base, &base)
		base.ToAffine()
		var two sum
		two.of(&base)
		for j := 1; j < len(row); j++ {
			row[j] = row[j-1]
			row[j].add(&affine{two.x, two.y})
		}
		toAffine(c[i][:], row)
		for range combBits - 1 {
			secp256k1.DoubleNonConst(&base, &base)
		}
	}
	return &c
})

var (
	half    = fromHex("7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a1") // 1/2
	allOnes = func() (k secp256k1.ModNScalar) {                                           // (2²⁵⁸ − 1)/2
		k.SetInt(1)
		for range 2 * 129 {
			k.Add2(&k, &k)
		}
		minus := new(secp256k1.ModNScalar).SetInt(1).Negate()
		return *k.Add(minus).Mul(&half)
	}()
)

// pick is the multiple for a window's value.
func (row *combRow) pick(value uint64) (p affine) {
	negative := value>>(combBits-1) - 1 // all ones, or nothing
	at := (value ^ negative) % uint64(len(row))
	for j := range row {
		q, take := &row[j], mask(at, uint64(j))
		p.x[0] |= take & q.x[0]
		p.x[1] |= take & q.x[1]
		p.x[2] |= take & q.x[2]
		p.x[3] |= take & q.x[3]
		p.y[0] |= take & q.y[0]
		p.y[1] |= take & q.y[1]
		p.y[2] |= take & q.y[2]
		p.y[3] |= take & q.y[3]
	}
	p.y.negateIf(negative & 1)
	return p
}

// secretG is k·G. A sum meets its next multiple, or the negative of that, for a
// handful of k only, as a multiple is larger than all those before it together:
// these few go the library's way.
func secretG(k *secp256k1.ModNScalar) sum {
	s := combSum(k)
	if !s.told() {
		var p secp256k1.JacobianPoint
		secp256k1.ScalarBaseMultNonConst(k, &p)
		s.of(&p)
	}
	return s
}

func combSum(k *secp256k1.ModNScalar) (s sum) {
	var whole secp256k1.ModNScalar
	bytes := whole.Mul2(k, &half).Add(&allOnes).Bytes()
	rows := combG()
	for i := range rows {
		p := rows[i].pick(uint64(window(&bytes, i*combBits, combBits)))
		s.add(&p)
	}
	clear(bytes[:])
	whole.Zero()
	return s
}

// negateIf makes k −k if odd is 1, and leaves it if odd is 0.
func negateIf(k *secp256k1.ModNScalar, odd uint64) {
	minus := *k
	a, b := k.Bytes(), minus.Negate().Bytes()
	for i := range a {
		a[i] ^= -byte(odd) & (a[i] ^ b[i])
	}
	k.SetBytes(&a)
	clear(a[:])
	clear(b[:])
	minus.Zero()
}
