package schnorr

import (
	"encoding/binary"
	"math/bits"
)

// field is a number modulo p = 2²⁵⁶ − fold, the prime of secp256k1 (SEC 2,
// 2.4.1): four limbs, the low one first. Any value of the limbs is one; normal
// makes it the one below p. No operation branches on a value.
type field [4]uint64

// fold is what 2²⁵⁶ is modulo p.
const fold = 1<<32 + 977

var one = field{1}

// setBytes sets z to a big-endian number, which may be p or more.
func (z *field) setBytes(b *[32]byte) *field {
	for i := range z {
		z[i] = binary.BigEndian.Uint64(b[24-8*i:])
	}
	return z
}

// setX sets z to a big-endian number, and answers whether it is below p.
func (z *field) setX(b *[32]byte) bool {
	normal := *z.setBytes(b)
	return *normal.normal() == *z
}

// putBytes writes a normal number, big-endian.
func (z *field) putBytes(b []byte) {
	for i, limb := range z {
		binary.BigEndian.PutUint64(b[24-8*i:], limb)
	}
}

// normal makes z the number below p, and answers it.
func (z *field) normal() *field {
	// z − p is z + fold without its carry; it is taken where there is one.
	r0, c := bits.Add64(z[0], fold, 0)
	r1, c := bits.Add64(z[1], 0, c)
	r2, c := bits.Add64(z[2], 0, c)
	r3, c := bits.Add64(z[3], 0, c)
	mask := -c
	z[0] ^= mask & (z[0] ^ r0)
	z[1] ^= mask & (z[1] ^ r1)
	z[2] ^= mask & (z[2] ^ r2)
	z[3] ^= mask & (z[3] ^ r3)
	return z
}

// isZero and isOdd are about a normal number.
func (z *field) isZero() bool { return z[0]|z[1]|z[2]|z[3] == 0 }
func (z *field) isOdd() bool  { return z[0]&1 == 1 }

func (z *field) add(x, y *field) *field {
	r0, c := bits.Add64(x[0], y[0], 0)
	r1, c := bits.Add64(x[1], y[1], c)
	r2, c := bits.Add64(x[2], y[2], c)
	r3, c := bits.Add64(x[3], y[3], c)
	r0, c = bits.Add64(r0, -c&fold, 0)
	r1, c = bits.Add64(r1, 0, c)
	r2, c = bits.Add64(r2, 0, c)
	r3, c = bits.Add64(r3, 0, c)
	z[0], z[1], z[2], z[3] = r0+(-c&fold), r1, r2, r3 // after a second carry r0 is small
	return z
}

func (z *field) sub(x, y *field) *field {
	r0, b := bits.Sub64(x[0], y[0], 0)
	r1, b := bits.Sub64(x[1], y[1], b)
	r2, b := bits.Sub64(x[2], y[2], b)
	r3, b := bits.Sub64(x[3], y[3], b)
	r0, b = bits.Sub64(r0, -b&fold, 0)
	r1, b = bits.Sub64(r1, 0, b)
	r2, b = bits.Sub64(r2, 0, b)
	r3, b = bits.Sub64(r3, 0, b)
	z[0], z[1], z[2], z[3] = r0-(-b&fold), r1, r2, r3 // after a second borrow r0 is large
	return z
}

func (z *field) negate(x *field) *field { return z.sub(&field{}, x) }

// negateIf makes z −z, normal, if odd is 1; it leaves a normal z if odd is 0.
func (z *field) negateIf(odd uint64) {
	var minus field
	z.set(minus.negate(z).normal(), -odd)
}

// negateNormal makes a normal z, other than 0, −z where the mask is all ones, and
// leaves it where that is 0: p − z is all bits of z turned round, less fold − 1.
func (z *field) negateNormal(mask uint64) {
	r0, b := bits.Sub64(z[0]^mask, mask&(fold-1), 0)
	r1, b := bits.Sub64(z[1]^mask, 0, b)
	r2, b := bits.Sub64(z[2]^mask, 0, b)
	r3, _ := bits.Sub64(z[3]^mask, 0, b)
	z[0], z[1], z[2], z[3] = r0, r1, r2, r3
}

// set makes z x where the mask is all ones, and leaves it where that is 0.
func (z *field) set(x *field, mask uint64) {
	z[0] ^= mask & (z[0] ^ x[0])
	z[1] ^= mask & (z[1] ^ x[1])
	z[2] ^= mask & (z[2] ^ x[2])
	z[3] ^= mask & (z[3] ^ x[3])
}
