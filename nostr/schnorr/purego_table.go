package schnorr

import (
	"sync"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// A signer meets the same authors again and again. For one that keeps coming,
// the multiples of its key are worth keeping: e·P is then some 50 additions and
// no doubling. The generator has a table of that kind too. Both are used with
// public numbers only: a secret's multiples are comb.go's and multiple.go's.
const (
	keyBits         = 5
	baseBits        = 8
	tableAfter      = 64  // verifications with one key; making its table costs about nine
	tableGeneration = 256 // tables in one of two generations, 53 kB each
)

// table holds j·2^(bits·i)·P for j from 1 to 2^(bits−1) in window i.
type table struct {
	bits   int
	points [][]affine
}

func newTable(p *affine, bits int) *table {
	t := &table{bits: bits, points: make([][]affine, 256/bits+1)}
	size := 1 << (bits - 1)
	bases, firsts := make([]sum, len(t.points)), make([]affine, len(t.points))
	base := p.sum()
	for i := range bases {
		bases[i] = base
		for range bits {
			base.double()
		}
	}
	toAffine(firsts, bases)
	sums, all := make([]sum, len(bases)*size), make([]affine, len(bases)*size)
	var w pair
	for i := 0; i < len(bases); i += 2 {
		k := min(i+1, len(bases)-1) // two windows in step; the last of an odd number with itself
		w.next(&firsts[i], &firsts[k])
		for j := range size {
			switch j {
			case 0:
				w.begin()
			case 1:
				w.double()
			default:
				w.add()
			}
			sums[i*size+j], sums[k*size+j] = w.sum(0), w.sum(1)
		}
	}
	for i := range t.points {
		t.points[i] = all[i*size:][:size:size]
	}
	toAffine(all, sums)
	return t
}

// toAffine divides every point, with one inversion for all.
func toAffine(to []affine, from []sum) {
	before := make([]field, len(from)) // products of the zzz up to there
	product := from[0].zzz
	for j := 1; j < len(from); j++ {
		before[j] = product
		product.mul(&product, &from[j].zzz)
	}
	product.inverse(&product)
	for j := len(from) - 1; j >= 0; j-- {
		inverse := product
		if j > 0 {
			inverse.mul(&inverse, &before[j])
			product.mul(&product, &from[j].zzz)
		}
		from[j].divided(&to[j], &inverse)
	}
}

// parts appends the points of which e·P is the sum, in a time that depends on e.
// All are gathered before any is added: then all are on their way from memory at once.
func (t *table) parts(to []affine, e *secp256k1.ModNScalar) []affine {
	bytes := e.Bytes()
	carry := 0
	for i, row := range t.points {
		digit := window(&bytes, i*t.bits, t.bits) + carry
		if carry = 0; digit > len(row) { // now from 1−2^(bits−1) to 2^(bits−1)
			digit, carry = digit-1<<t.bits, 1
		}
		switch {
		case digit > 0:
			to = append(to, row[digit-1])
		case digit < 0:
			to = append(to, row[-digit-1])
			p := &to[len(to)-1]
			p.y.negate(&p.y)
		}
	}
	return to
}

// sumAll adds all these points, the two halves of them in step.
func sumAll(parts []affine) (s sum) {
	n := len(parts) / 2
	if n > 0 {
		var w pair
		w.next(&parts[0], &parts[n])
		w.begin()
		for i := 1; i < n; i++ {
			w.next(&parts[i], &parts[n+i])
			w.add()
		}
		s = w.sum(0)
		t := w.sum(1)
		s.join(&t)
	}
	if len(parts)%2 == 1 {
		s.add(&parts[len(parts)-1])
	}
	return s
}

// window is so many bits of a big-endian number, from this one on.
func window(b *[32]byte, from, bits int) int {
	at, w := 31-from/8, 0
	if at >= 0 {
		w = int(b[at])
	}
	if at > 0 {
		w |= int(b[at-1]) << 8
	}
	return w >> (from % 8) & (1<<bits - 1)
}

// base is the generator's table.
var base = sync.OnceValue(func() *table {
	g := generator()
	p := affineOf(&g)
	return newTable(&p, baseBits)
})

func generator() (g secp256k1.JacobianPoint) {
	curve := secp256k1.Params()
	g.X.SetByteSlice(curve.Gx.Bytes())
	g.Y.SetByteSlice(curve.Gy.Bytes())
	g.Z.SetInt(1)
	return g
}

// combine is s·G + e·P for public numbers, by P's table if it has one.
func combine(s, e *secp256k1.ModNScalar, p *known, t *table) (total sum) {
	var room [256/keyBits + 1 + 256/baseBits + 1]affine
	parts := base().parts(room[:0], s)
	if t != nil {
		parts = t.parts(parts, e)
	}
	total = sumAll(parts)
	if t == nil {
		multiple := p.point.times(e)
		ep := multiple.sum()
		total.join(&ep)
	}
	if total.told() {
		return total
	}
	point := p.point.library()
	var sg, ep, all secp256k1.JacobianPoint
	secp256k1.ScalarBaseMultNonConst(s, &sg)
	secp256k1.ScalarMultNonConst(e, &point, &ep)
	secp256k1.AddNonConst(&sg, &ep, &all)
	total.of(&all)
	return total
}

// tableOf is the table of a key; nil until it has earned one.
func (b *pureGo) tableOf(pub *[32]byte, p *known) *table {
	t, ok := b.tables.get(pub)
	if ok {
		return t
	}
	if p.uses.Add(1) < b.after {
		return nil
	}
	p.uses.Store(0) // a table that is forgotten has to be earned again
	t = newTable(&p.point, keyBits)
	b.tables.put(pub, t)
	return t
}
