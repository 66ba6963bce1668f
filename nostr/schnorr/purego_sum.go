package schnorr

import "github.com/decred/dcrd/dcrec/secp256k1/v4"

// affine is a point other than infinity, by its normal coordinates.
type affine struct{ x, y field }

// sum adds affine points. Its zero value is the sum of none; else it is the
// point x/zz, y/zzz, where zz³ is zzz².
//
// The formulas (madd-2008-s of the Explicit-Formulas Database, for XYZZ, 8M + 2S)
// are wrong where a point is added to itself or to its negative. There the factor
// h is 0, which makes zz and zzz 0 and keeps them 0 with every further point: such
// a sum is not told, and the caller takes the slow way. So no addition has to look
// for these cases.
type sum struct {
	x, y, zz, zzz field
	some          bool
}

func (p *affine) sum() sum { return sum{p.x, p.y, one, one, true} }

func (s *sum) add(p *affine) {
	if !s.some {
		*s = p.sum()
		return
	}
	add(&s.x, &s.y, &s.zz, &s.zzz, &p.x, &p.y)
}

// add adds the point px, py to the sum x/zz, y/zzz.
func add(x, y, zz, zzz, px, py *field) {
	var h, r, hh, v field
	h.mul(px, zz)
	h.sub(&h, x)
	r.mul(py, zzz)
	r.sub(&r, y)
	hh.square(&h)
	v.mul(x, &hh)
	zz.mul(zz, &hh)
	hh.mul(&hh, &h) // h³
	zzz.mul(zzz, &hh)
	x.square(&r)
	x.sub(x, &v)
	x.sub(x, &v)
	x.sub(x, &hh)
	v.sub(&v, x)
	v.mul(&v, &r)
	y.mul(y, &hh)
	y.sub(&v, y)
}

// double is a point added to itself, and right for all of them: none of the curve's
// has y = 0.
func (s *sum) double() {
	var u, v, w, m field
	u.add(&s.y, &s.y)
	v.square(&u)
	w.mul(&u, &v)
	u.mul(&s.x, &v)
	m.square(&s.x)
	m.times(&m, 3)
	s.x.square(&m)
	s.x.sub(&s.x, &u)
	s.x.sub(&s.x, &u)
	u.sub(&u, &s.x)
	s.y.mul(&s.y, &w)
	s.y.sub(u.mul(&u, &m), &s.y)
	s.zz.mul(&s.zz, &v)
	s.zzz.mul(&s.zzz, &w)
}

// join adds another sum (12M + 2S), with the exceptions of add.
func (s *sum) join(t *sum) {
	if !t.some {
		return
	}
	if !s.some {
		*s = *t
		return
	}
	var h, r, u, v, hh field
	u.mul(&s.x, &t.zz)
	v.mul(&s.y, &t.zzz)
	h.mul(&t.x, &s.zz)
	h.sub(&h, &u)
	r.mul(&t.y, &s.zzz)
	r.sub(&r, &v)
	hh.square(&h)
	u.mul(&u, &hh)
	s.zz.mul(s.zz.mul(&s.zz, &t.zz), &hh)
	hh.mul(&hh, &h) // h³
	s.zzz.mul(s.zzz.mul(&s.zzz, &t.zzz), &hh)
	s.x.square(&r)
	s.x.sub(&s.x, &hh)
	s.x.sub(&s.x, &u)
	s.x.sub(&s.x, &u)
	u.sub(&u, &s.x)
	s.y.mul(&v, &hh)
	s.y.sub(u.mul(&u, &r), &s.y)
}

// told reports whether the sum is known, and not infinity.
func (s *sum) told() bool { return s.some && !s.zz.normal().isZero() }

// point is a sum that is told.
func (s sum) point() (p affine) {
	var i field
	s.divided(&p, i.inverse(&s.zzz))
	return p
}

// divided sets p to the sum, by the inverse of its zzz.
func (s *sum) divided(p *affine, inverse *field) {
	p.y.mul(&s.y, inverse).normal()
	p.x.mul(&s.zz, inverse)
	p.x.mul(&s.x, p.x.square(&p.x)).normal()
}

// is reports whether the sum is this point, which costs no inversion.
func (s *sum) is(p *affine) bool {
	if !s.isX(&p.x) {
		return false
	}
	var t field
	return *t.mul(&p.y, &s.zzz).normal() == *s.y.normal()
}

// isX reports whether the sum is a point with this x.
func (s *sum) isX(x *field) bool {
	var t field
	return s.told() && *t.mul(x, &s.zz).normal() == *s.x.normal()
}

// isEven reports whether the sum is the point with this x and an even y.
func (s *sum) isEven(x *field) bool {
	if !s.isX(x) {
		return false // before the inversion that y needs
	}
	p := s.point()
	return !p.y.isOdd()
}

// of makes a point of the curve's library a sum.
func (s *sum) of(p *secp256k1.JacobianPoint) {
	p.X.Normalize()
	p.Y.Normalize()
	p.Z.Normalize()
	s.x.setBytes(p.X.Bytes())
	s.y.setBytes(p.Y.Bytes())
	var z field
	z.setBytes(p.Z.Bytes())
	s.zzz.mul(s.zz.square(&z), &z)
	s.some = true
}

// affineOf is a point of the curve's library, other than infinity.
func affineOf(p *secp256k1.JacobianPoint) affine {
	p.ToAffine()
	var s sum
	s.of(p)
	return affine{s.x, s.y}
}

// library is a point of the curve's library.
func (p *affine) library() (j secp256k1.JacobianPoint) {
	var b [32]byte
	p.x.putBytes(b[:])
	j.X.SetBytes(&b)
	p.y.putBytes(b[:])
	j.Y.SetBytes(&b)
	j.Z.SetInt(1)
	return j
}
