package schnorr

import "math/bits"

// The inverse goes by the division steps of Bernstein and Yang (Fast
// constant-time gcd computation and modular inversion, 2019), in the form that
// begins with δ = 1/2, for which 590 are enough below 2²⁵⁶; 59 at a time on the
// lowest limbs, as a matrix that is then applied to the whole numbers (libsecp256k1,
// doc/safegcd_implementation.md). The same is done for every number.

// signed is a number in limbs of 62 bits, of which all but the last are below 2⁶²
// and not negative.
type signed [5]int64

const (
	limb62 = 1<<62 - 1
	steps  = 59
)

// prime62 is p, and overPrime its inverse modulo 2⁶².
var (
	prime62   = signed{-fold, 0, 0, 0, 1 << 8}
	overPrime = func() (i uint64) {
		i = 1
		for range 6 {
			i *= 2 + fold*i // Newton's, for −fold
		}
		return i
	}()
)

// matrix is 2⁶² times what so many steps do to f and g.
type matrix struct{ u, v, q, r int64 }

// stepped does division steps on the lowest limbs of f and g. zeta is −(δ+1/2).
func (m *matrix) stepped(zeta int64, f, g uint64) int64 {
	var first, then matrix
	zeta, f, g = first.some(steps/2, zeta, f, g)
	zeta, _, _ = then.some(steps-steps/2, zeta, f, g)
	const scale = 1 << (62 - steps)
	m.u = (then.u*first.u + then.v*first.q) * scale
	m.v = (then.u*first.v + then.v*first.r) * scale
	m.q = (then.q*first.u + then.r*first.q) * scale
	m.r = (then.q*first.v + then.r*first.r) * scale
	return zeta
}

// some does n steps, of no more than 30; the matrix is 2ⁿ times theirs. Its rows
// are numbers u + v·2³² and q + r·2³², on which the steps act as on f and g.
func (m *matrix) some(n int, zeta int64, f, g uint64) (int64, uint64, uint64) {
	uv, qr := uint64(1), uint64(1<<32)
	for range n {
		swap, odd := uint64(zeta>>63), -(g & 1)
		more, moreQR := ((f^swap)-swap)&odd, ((uv^swap)-swap)&odd
		swap &= odd
		zeta = (zeta ^ int64(swap)) - 1
		f ^= swap & (f ^ g)
		uv = (uv ^ swap&(uv^qr)) << 1
		g = (g + more) >> 1
		qr += moreQR
	}
	m.u, m.q = int64(int32(uv)), int64(int32(qr))
	m.v, m.r = int64(uv-uint64(m.u))>>32, int64(qr-uint64(m.q))>>32
	return zeta, f, g
}

// plus is a + x·y, in 128 bits with a sign.
func plus(hi, lo uint64, x, y int64) (uint64, uint64) {
	h, l := bits.Mul64(uint64(x), uint64(y))
	h -= uint64(x>>63)&uint64(y) + uint64(y>>63)&uint64(x)
	lo, c := bits.Add64(lo, l, 0)
	return hi + h + c, lo
}

// shifted is a number without its lowest 62 bits.
func shifted(hi, lo uint64) (uint64, uint64) {
	return uint64(int64(hi) >> 62), hi<<2 | lo>>62
}

// applyGo makes f and g what the steps make of them: the lowest 62 bits are zeros.
func applyGo(m *matrix, f, g *signed) {
	var fh, fl, gh, gl uint64
	for i := range f {
		fh, fl = plus(fh, fl, m.u, f[i])
		fh, fl = plus(fh, fl, m.v, g[i])
		gh, gl = plus(gh, gl, m.q, f[i])
		gh, gl = plus(gh, gl, m.r, g[i])
		if i > 0 {
			f[i-1], g[i-1] = int64(fl&limb62), int64(gl&limb62)
		}
		fh, fl = shifted(fh, fl)
		gh, gl = shifted(gh, gl)
	}
	f[4], g[4] = int64(fl), int64(gl)
}

// applyModuloGo does the same to d and e modulo p, by adding so many times p that
// the lowest 62 bits are zeros. Both stay above −2p and below p.
func applyModuloGo(m *matrix, d, e *signed) {
	minusD, minusE := d[4]>>63, e[4]>>63
	pd := m.u&minusD + m.v&minusE
	pe := m.q&minusD + m.r&minusE
	var dh, dl, eh, el uint64
	for i := range d {
		di, ei := d[i], e[i]
		dh, dl = plus(dh, dl, m.u, di)
		dh, dl = plus(dh, dl, m.v, ei)
		eh, el = plus(eh, el, m.q, di)
		eh, el = plus(eh, el, m.r, ei)
		switch i {
		case 0:
			pd -= int64((overPrime*dl + uint64(pd)) & limb62)
			pe -= int64((overPrime*el + uint64(pe)) & limb62)
			dh, dl = plus(dh, dl, prime62[0], pd)
			eh, el = plus(eh, el, prime62[0], pe)
		case 4:
			dh, dl = plus(dh, dl, prime62[4], pd)
			eh, el = plus(eh, el, prime62[4], pe)
		}
		if i > 0 {
			d[i-1], e[i-1] = int64(dl&limb62), int64(el&limb62)
		}
		dh, dl = shifted(dh, dl)
		eh, el = shifted(eh, el)
	}
	d[4], e[4] = int64(dl), int64(el)
}

// inverse is 1/x; of 0 it is 0.
func (z *field) inverse(x *field) *field {
	n := *x
	n.normal()
	f, g := prime62, signed{
		int64(n[0] & limb62),
		int64((n[0]>>62 | n[1]<<2) & limb62),
		int64((n[1]>>60 | n[2]<<4) & limb62),
		int64((n[2]>>58 | n[3]<<6) & limb62),
		int64(n[3] >> 56),
	}
	var d signed
	e := signed{1}
	zeta := int64(-1)
	for range 10 {
		var m matrix
		zeta = m.stepped(zeta, uint64(f[0]), uint64(g[0]))
		applyModulo(&m, &d, &e)
		apply(&m, &f, &g)
	}
	// f is 1 or −1, and d is that inverse with f's sign.
	d.addPrime(d[4] >> 63)
	negative := f[4] >> 63
	for i := range d {
		d[i] = d[i] ^ negative - negative
	}
	d.carry()
	d.addPrime(d[4] >> 63)
	z[0] = uint64(d[0]) | uint64(d[1])<<62
	z[1] = uint64(d[1])>>2 | uint64(d[2])<<60
	z[2] = uint64(d[2])>>4 | uint64(d[3])<<58
	z[3] = uint64(d[3])>>6 | uint64(d[4])<<56
	return z
}

// addPrime adds p where the mask is −1.
func (s *signed) addPrime(mask int64) {
	for i := range s {
		s[i] += prime62[i] & mask
	}
	s.carry()
}

// carry brings all limbs but the last into their range.
func (s *signed) carry() {
	for i := range 4 {
		s[i+1] += s[i] >> 62
		s[i] &= limb62
	}
}
