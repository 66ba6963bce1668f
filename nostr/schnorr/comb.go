package schnorr

import (
	"math/bits"
	"sync"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// A secret multiple of the generator is a sum of odd multiples, none of them
// missing and each looked up by reading all of its row: neither a branch nor an
// index depends on the secret. Every number modulo n is a sum of ±2ⁱ for all i
// below 264: with 2bᵢ−1 for each bit of the whole, it is 2K − (2²⁶⁴ − 1) for one K.
//
// A row has the sums of six of these, four bits apart, and serves four times: for
// those bits, and for the bits 1, 2 and 3 further (the signed comb of libsecp256k1
// since 0.5). So all rows are 22 kB, which the caches hold, for a few doublings.
const (
	combTeeth   = 6
	combSpacing = 4
	combRows    = 11
	combWidth   = combTeeth * combSpacing // bits of a row: whole bytes
)

// comb holds 2^(24i)·(2²⁰ ± 2¹⁶ ± … ± 1)·G in row i: plus before 2^(4t) where bit
// t of the place in the row is set.
type (
	comb    [combRows]combRow
	combRow [1 << (combTeeth - 1)]affine
)

var combG = sync.OnceValue(func() *comb {
	var c comb
	base := generator()
	for i := range c {
		row := make([]sum, len(c[i]))
		var twice [combTeeth]affine
		for t := range twice {
			tooth := affineOf(&base)
			if t < combTeeth-1 {
				tooth.y.negate(&tooth.y)
			}
			row[0].add(&tooth)
			secp256k1.DoubleNonConst(&base, &base)
			twice[t] = affineOf(&base)
			for range combSpacing - 1 {
				secp256k1.DoubleNonConst(&base, &base)
			}
		}
		for j := 1; j < len(row); j++ {
			row[j] = row[j&(j-1)]
			row[j].add(&twice[bits.TrailingZeros(uint(j))])
		}
		toAffine(c[i][:], row)
	}
	return &c
})

// allOnes is 2²⁶⁴ − 1.
var allOnes = func() (k secp256k1.ModNScalar) {
	k.SetInt(1)
	for range combRows * combWidth {
		k.Add2(&k, &k)
	}
	return *k.Add(new(secp256k1.ModNScalar).SetInt(1).Negate())
}()

// pick makes each sum's next what the row has for a value of its six bits.
func (w *pair) pick(row *combRow, values [2]uint64) {
	var negative, at [2]uint64
	for i, v := range values {
		negative[i] = v>>(combTeeth-1) - 1 // all ones, or nothing
		at[i] = (v ^ negative[i]) % uint64(len(row))
	}
	if hasAVX2 {
		pickAVX2(w, row, at[0], at[1])
	} else {
		p, q := row.at(at[0]), row.at(at[1])
		w.next(&p, &q)
	}
	for i := range w.py {
		w.py[i].negateNormal(negative[i])
	}
}

// at reads the whole row for the point at one place.
func (row *combRow) at(place uint64) (p affine) {
	for j := range row {
		q, take := &row[j], mask(place, uint64(j))
		p.x[0] |= take & q.x[0]
		p.x[1] |= take & q.x[1]
		p.x[2] |= take & q.x[2]
		p.x[3] |= take & q.x[3]
		p.y[0] |= take & q.y[0]
		p.y[1] |= take & q.y[1]
		p.y[2] |= take & q.y[2]
		p.y[3] |= take & q.y[3]
	}
	return p
}

// secretG is k·G. A sum never meets its next multiple, or the negative of that,
// among whole numbers, as the lowest bits of the two differ; modulo n it does for
// a handful of k only, and these few go the library's way.
func secretG(k *secp256k1.ModNScalar) sum {
	s := combSum(k)
	if !s.told() {
		var p secp256k1.JacobianPoint
		secp256k1.ScalarBaseMultNonConst(k, &p)
		s.of(&p)
	}
	return s
}

// combSum sums bits 3 and 2 of each four in one of a pair, 1 and 0 in the other.
func combSum(k *secp256k1.ModNScalar) sum {
	const apart = combSpacing / 2
	signs := combSigns(k)
	rows := combG()
	var w pair
	for low := apart - 1; low >= 0; low-- {
		if low < apart-1 {
			w.double()
		}
		for i := range rows {
			w.pick(&rows[i], [2]uint64{everyFourth(signs[i] >> (low + apart)), everyFourth(signs[i] >> low)})
			if i == 0 && low == apart-1 {
				w.begin()
			} else {
				w.add()
			}
		}
	}
	s, t := w.sum(0), w.sum(1)
	for range apart {
		s.double()
	}
	s.join(&t)
	clear(signs[:])
	w = pair{}
	return s
}

// combSigns is K, the half of k + (2²⁶⁴ − 1) modulo n, by the bits of each row.
func combSigns(k *secp256k1.ModNScalar) (rows [combRows]uint64) {
	var whole secp256k1.ModNScalar
	bytes := whole.Add2(k, &allOnes).Bytes()
	var f field
	f.setBytes(&bytes)
	odd := -(f[0] & 1) // then n makes it even
	f0, c := bits.Add64(f[0], odd&0xbfd25e8cd0364141, 0)
	f1, c := bits.Add64(f[1], odd&0xbaaedce6af48a03b, c)
	f2, c := bits.Add64(f[2], odd&0xfffffffffffffffe, c)
	f3, c := bits.Add64(f[3], odd&0xffffffffffffffff, c)
	f = field{f0>>1 | f1<<63, f1>>1 | f2<<63, f2>>1 | f3<<63, f3>>1 | c<<63}
	for i := range rows {
		at, shift := i*combWidth/64, i*combWidth%64
		rows[i] = f[at] >> shift
		if at+1 < len(f) {
			rows[i] |= f[at+1] << 1 << (63 - shift)
		}
	}
	clear(bytes[:])
	clear(f[:])
	whole.Zero()
	return rows
}

// everyFourth gathers the bits 0, 4, …, 20.
func everyFourth(b uint64) uint64 {
	b &= 0x111111
	b = (b | b>>3) & 0x030303
	return (b | b>>6 | b>>12) & 0x3f
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
