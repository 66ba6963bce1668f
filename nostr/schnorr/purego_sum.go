package schnorr

import "github.com/decred/dcrd/dcrec/secp256k1/v4"

// affine is a point other than infinity, by its normal coordinates.
type affine struct{ x, y field }

// sum adds affine points. Its zero value is the sum of none; else it is the
// point x/z², y/z³.
//
// The formulas (madd of the Explicit-Formulas Database, 8M + 3S) are wrong where
// a point is added to itself or to its negative. There the factor h is 0, which
// makes z 0 and keeps it 0 with every further point: such a sum is not told, and
// the caller takes the slow way. So no addition has to look for these cases.
type sum struct {
	x, y, z field
	some    bool
}

func (s *sum) add(p *affine) {
	if !s.some {
		*s = sum{p.x, p.y, one, true}
		return
	}
	var zz, h, r, hh, v field
	zz.square(&s.z)
	h.mul(&p.x, &zz)
	h.sub(&h, &s.x)
	r.mul(&p.y, r.mul(&s.z, &zz))
	r.sub(&r, &s.y)
	hh.square(&h)
	v.mul(&s.x, &hh)
	hh.mul(&hh, &h) // h³
	s.x.square(&r)
	s.x.sub(&s.x, &v)
	s.x.sub(&s.x, &v)
	s.x.sub(&s.x, &hh)
	v.sub(&v, &s.x)
	v.mul(&v, &r)
	s.y.mul(&s.y, &hh)
	s.y.sub(&v, &s.y)
	s.z.mul(&s.z, &h)
}

// double is a point added to itself, and right for all of them: none of the curve's
// has y = 0.
func (s *sum) double() {
	var yy, m, d field
	yy.square(&s.y)
	m.square(&s.x)
	m.times(&m, 3)
	d.mul(&s.x, &yy)
	d.times(&d, 4)
	s.z.mul(&s.z, &s.y)
	s.z.add(&s.z, &s.z)
	s.x.square(&m)
	s.x.sub(&s.x, &d)
	s.x.sub(&s.x, &d)
	d.sub(&d, &s.x)
	yy.square(&yy)
	yy.times(&yy, 8)
	s.y.mul(&m, &d)
	s.y.sub(&s.y, &yy)
}

// join adds another sum (12M + 4S), with the exceptions of add.
func (s *sum) join(t *sum) {
	if !t.some {
		return
	}
	if !s.some {
		*s = *t
		return
	}
	var zz, h, r, u, v, hh field
	zz.square(&t.z)
	u.mul(&s.x, &zz)
	v.mul(&s.y, zz.mul(&zz, &t.z))
	zz.square(&s.z)
	h.mul(&t.x, &zz)
	r.mul(&t.y, zz.mul(&zz, &s.z))
	h.sub(&h, &u)
	r.sub(&r, &v)
	hh.square(&h)
	u.mul(&u, &hh)
	hh.mul(&hh, &h) // h³
	s.x.square(&r)
	s.x.sub(&s.x, &hh)
	s.x.sub(&s.x, &u)
	s.x.sub(&s.x, &u)
	u.sub(&u, &s.x)
	u.mul(&u, &r)
	s.y.mul(&v, &hh)
	s.y.sub(&u, &s.y)
	s.z.mul(&s.z, &t.z)
	s.z.mul(&s.z, &h)
}

// told reports whether the sum is known, and not infinity.
func (s *sum) told() bool { return s.some && !s.z.normal().isZero() }

// point is a sum that is told.
func (s sum) point() (p affine) {
	var i, ii field
	i.inverse(&s.z)
	ii.square(&i)
	p.x.mul(&s.x, &ii).normal()
	p.y.mul(&s.y, ii.mul(&ii, &i)).normal()
	return p
}

// is reports whether the sum is this point, which costs no inversion.
func (s *sum) is(p *affine) bool {
	if !s.told() {
		return false
	}
	var zz, t field
	zz.square(&s.z)
	if *t.mul(&p.x, &zz).normal() != *s.x.normal() {
		return false
	}
	t.mul(&p.y, zz.mul(&zz, &s.z))
	return *t.normal() == *s.y.normal()
}

// isEven reports whether the sum is the point with this x and an even y.
func (s *sum) isEven(x *field) bool {
	if !s.told() {
		return false
	}
	var t field
	t.square(&s.z)
	if *t.mul(x, &t).normal() != *s.x.normal() {
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
	s.z.setBytes(p.Z.Bytes())
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
