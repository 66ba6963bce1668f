package schnorr

import "github.com/decred/dcrd/dcrec/secp256k1/v4"

// projective is the point x/z, y/z, with z = 0 at infinity. Its operations are
// the complete formulas of Renes, Costello and Batina (2015/1060, algorithms 7
// and 9): right for every two points of the curve, so that nothing has to be
// looked at and no step depends on a value.
type projective struct{ x, y, z field }

// b3 is three times the curve's constant.
const b3 = 21

func (s *projective) add(p, q *projective) {
	var xx, yy, zz, xy, yz, xz, t, u field
	xx.mul(&p.x, &q.x)
	yy.mul(&p.y, &q.y)
	zz.mul(&p.z, &q.z)
	xy.mul(t.add(&p.x, &p.y), u.add(&q.x, &q.y))
	xy.sub(&xy, t.add(&xx, &yy))
	yz.mul(t.add(&p.y, &p.z), u.add(&q.y, &q.z))
	yz.sub(&yz, t.add(&yy, &zz))
	xz.mul(t.add(&p.x, &p.z), u.add(&q.x, &q.z))
	xz.sub(&xz, t.add(&xx, &zz))
	xx.times(&xx, 3)
	xz.times(&xz, b3)
	zz.times(&zz, b3)
	t.sub(&yy, &zz)
	zz.add(&yy, &zz)
	s.x.sub(s.x.mul(&xy, &t), u.mul(&yz, &xz))
	s.y.add(s.y.mul(&t, &zz), u.mul(&xz, &xx))
	s.z.add(s.z.mul(&zz, &yz), u.mul(&xx, &xy))
}

func (s *projective) double() {
	var yy, yz, zz, xy, t, u field
	yy.square(&s.y)
	yz.mul(&s.y, &s.z)
	xy.mul(&s.x, &s.y)
	zz.times(zz.square(&s.z), b3)
	u.times(&yy, 8)
	s.z.mul(&yz, &u)
	t.sub(&yy, t.times(&zz, 3))
	u.mul(&u, &zz)
	s.y.add(&u, s.y.mul(&t, zz.add(&yy, &zz)))
	s.x.times(s.x.mul(&t, &xy), 2)
}

// windowBits is a window of a half of the factor; a digit is from −16 to 15.
const (
	windowBits = 5
	windows    = 26
)

// multiples are a point's, from 1 to 16.
type multiples [1 << (windowBits - 1)]projective

func (m *multiples) of(p *affine) {
	m[0] = projective{p.x, p.y, one}
	for i := 1; i < len(m); i++ {
		m[i].add(&m[i-1], &m[0])
	}
}

// pick is the multiple for a window's value, which is the digit + 16. It reads
// all of them, whatever the value is.
func (m *multiples) pick(value uint64) (p projective) {
	digit := value - uint64(len(m))
	negative := -(digit >> 63)
	size := (digit ^ negative) - negative
	p.y[0] = mask(size, 0) & 1 // infinity
	for i := range m {
		take := mask(size, uint64(i)+1)
		for j := range p.x {
			p.x[j] |= take & m[i].x[j]
			p.y[j] |= take & m[i].y[j]
			p.z[j] |= take & m[i].z[j]
		}
	}
	var minus field
	minus.negate(&p.y)
	for j := range p.y {
		p.y[j] ^= negative & (p.y[j] ^ minus[j])
	}
	return p
}

// mask is all ones if two small numbers are equal, else nothing.
func mask(a, b uint64) uint64 { return -(((a ^ b) - 1) >> 63) }

// times is k·p. Neither a branch nor an index depends on k.
func (p *affine) times(k *secp256k1.ModNScalar) (s projective) {
	var m multiples
	m.of(p)
	k1, k2 := halves(k)
	s.y = one // infinity
	for i := windows - 1; i >= 0; i-- {
		if i < windows-1 {
			for range windowBits {
				s.double()
			}
		}
		q := m.pick(uint64(window(&k1, i*windowBits, windowBits)))
		s.add(&s, &q)
		q = m.pick(uint64(window(&k2, i*windowBits, windowBits)))
		q.x.mul(&q.x, &beta)
		s.add(&s, &q)
	}
	clear(k1[:])
	clear(k2[:])
	return s
}

// putX writes the x of a point other than infinity.
func (s *projective) putX(b *[32]byte) {
	var x field
	x.inverse(&s.z)
	x.mul(&x, &s.x).normal().putBytes(b[:])
}

// sum is the point as a sum, which is not told where it is infinity.
func (s *projective) sum() (t sum) {
	t.x.mul(&s.x, &s.z)
	t.y.mul(&s.y, t.zz.square(&s.z))
	t.zzz.mul(&t.zz, &s.z)
	t.some = true
	return t
}
