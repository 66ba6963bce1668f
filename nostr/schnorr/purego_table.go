package schnorr

import "github.com/decred/dcrd/dcrec/secp256k1/v4"

// A signer meets the same authors again and again. For one that keeps coming,
// the multiples of its key are worth keeping: e·P is then some 50 additions and
// no doubling. All of this is about public keys and signatures, which are no
// secret; where a secret is the scalar, no table is used.
const (
	tableBits       = 5
	tableWindows    = (256 + tableBits - 1) / tableBits
	tableEntries    = 1 << (tableBits - 1)
	tableAfter      = 64 // verifications with one key; making its table costs about six
	tableGeneration = 32 // tables in one of two generations, 100 kB each
)

// table holds j·32^i·P, affine, for j from 1 to 16 in window i.
type table [tableWindows][tableEntries]secp256k1.JacobianPoint

func newTable(p *secp256k1.JacobianPoint) *table {
	t := new(table)
	base := *p
	for i := range t {
		t[i][0] = base
		for j := 1; j < tableEntries; j++ {
			secp256k1.AddNonConst(&t[i][j-1], &base, &t[i][j])
		}
		secp256k1.DoubleNonConst(&t[i][tableEntries-1], &base)
		base.ToAffine() // so that the additions after it are the cheap kind
	}
	t.toAffine()
	return t
}

// toAffine divides every point by its z, with one inversion for all of a window.
func (t *table) toAffine() {
	for i := range t {
		var before [tableEntries]secp256k1.FieldVal // products of the z up to there
		product := t[i][0].Z
		for j := 1; j < tableEntries; j++ {
			before[j] = product
			product.Mul(&t[i][j].Z)
		}
		product.Inverse()
		for j := tableEntries - 1; j >= 0; j-- {
			p := &t[i][j]
			inverse := product
			if j > 0 {
				inverse.Mul(&before[j])
				product.Mul(&p.Z)
			}
			var square secp256k1.FieldVal
			square.SquareVal(&inverse)
			p.X.Mul(&square).Normalize()
			p.Y.Mul(square.Mul(&inverse)).Normalize()
			p.Z.SetInt(1)
		}
	}
}

// multiply is e·P. It takes other times for other scalars.
func (t *table) multiply(e *secp256k1.ModNScalar, result *secp256k1.JacobianPoint) {
	bytes := e.Bytes()
	*result = secp256k1.JacobianPoint{}
	carry := 0
	for i := range t {
		digit := window(&bytes, i*tableBits) + carry // −15 to 16 after the next lines
		if carry = 0; digit > tableEntries {
			digit, carry = digit-1<<tableBits, 1
		}
		switch {
		case digit > 0:
			secp256k1.AddNonConst(result, &t[i][digit-1], result)
		case digit < 0:
			p := t[i][-digit-1]
			p.Y.Negate(1).Normalize()
			secp256k1.AddNonConst(result, &p, result)
		}
	}
}

// window is the tableBits bits of a big-endian number from this one on.
func window(b *[32]byte, from int) int {
	w := 0
	for n := range tableBits {
		if bit := from + n; bit < 256 {
			w |= int(b[31-bit/8]>>(bit%8)&1) << n
		}
	}
	return w
}

// multiply is e·P for public numbers, by a table where the key keeps coming.
func (b *pureGo) multiply(e *secp256k1.ModNScalar, pub *[32]byte, p *known, result *secp256k1.JacobianPoint) {
	t, ok := b.tables.get(pub)
	if !ok {
		if p.uses.Add(1) < b.after {
			secp256k1.ScalarMultNonConst(e, &p.point, result)
			return
		}
		p.uses.Store(0) // a table that is forgotten has to be earned again
		t = newTable(&p.point)
		b.tables.put(pub, t)
	}
	t.multiply(e, result)
}
