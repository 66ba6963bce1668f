package schnorr

import "math/bits"

// mul is x·y.
func (z *field) mul(x, y *field) *field {
	mul(z, x, y)
	return z
}

// square is x·x.
func (z *field) square(x *field) *field {
	square(z, x)
	return z
}

// mulGo is x·y. The product's eight limbs are gathered row by row, the low and the
// high halves of a row each in one chain of carries.
func mulGo(z, x, y *field) {
	var c uint64
	y0, y1, y2, y3 := y[0], y[1], y[2], y[3]

	x0 := x[0]
	h0, t0 := bits.Mul64(x0, y0)
	h1, l1 := bits.Mul64(x0, y1)
	h2, l2 := bits.Mul64(x0, y2)
	t4, l3 := bits.Mul64(x0, y3)
	t1, c := bits.Add64(h0, l1, 0)
	t2, c := bits.Add64(h1, l2, c)
	t3, c := bits.Add64(h2, l3, c)
	t4 += c

	x1 := x[1]
	h0, l0 := bits.Mul64(x1, y0)
	h1, l1 = bits.Mul64(x1, y1)
	h2, l2 = bits.Mul64(x1, y2)
	t5, l3 := bits.Mul64(x1, y3)
	t1, c = bits.Add64(t1, l0, 0)
	t2, c = bits.Add64(t2, l1, c)
	t3, c = bits.Add64(t3, l2, c)
	t4, c = bits.Add64(t4, l3, c)
	t5 += c
	t2, c = bits.Add64(t2, h0, 0)
	t3, c = bits.Add64(t3, h1, c)
	t4, c = bits.Add64(t4, h2, c)
	t5 += c

	x2 := x[2]
	h0, l0 = bits.Mul64(x2, y0)
	h1, l1 = bits.Mul64(x2, y1)
	h2, l2 = bits.Mul64(x2, y2)
	t6, l3 := bits.Mul64(x2, y3)
	t2, c = bits.Add64(t2, l0, 0)
	t3, c = bits.Add64(t3, l1, c)
	t4, c = bits.Add64(t4, l2, c)
	t5, c = bits.Add64(t5, l3, c)
	t6 += c
	t3, c = bits.Add64(t3, h0, 0)
	t4, c = bits.Add64(t4, h1, c)
	t5, c = bits.Add64(t5, h2, c)
	t6 += c

	x3 := x[3]
	h0, l0 = bits.Mul64(x3, y0)
	h1, l1 = bits.Mul64(x3, y1)
	h2, l2 = bits.Mul64(x3, y2)
	t7, l3 := bits.Mul64(x3, y3)
	t3, c = bits.Add64(t3, l0, 0)
	t4, c = bits.Add64(t4, l1, c)
	t5, c = bits.Add64(t5, l2, c)
	t6, c = bits.Add64(t6, l3, c)
	t7 += c
	t4, c = bits.Add64(t4, h0, 0)
	t5, c = bits.Add64(t5, h1, c)
	t6, c = bits.Add64(t6, h2, c)
	t7 += c

	z.reduce(t0, t1, t2, t3, t4, t5, t6, t7)
}

// squareGo is x·x, in which the mixed products come twice.
func squareGo(z, x *field) {
	var c uint64
	x0, x1, x2, x3 := x[0], x[1], x[2], x[3]

	t2, t1 := bits.Mul64(x0, x1)
	h, l := bits.Mul64(x0, x2)
	t2, c = bits.Add64(t2, l, 0)
	t3 := h + c
	t4, l := bits.Mul64(x0, x3)
	t3, c = bits.Add64(t3, l, 0)
	t4 += c
	h, l = bits.Mul64(x1, x2)
	t3, c = bits.Add64(t3, l, 0)
	t4, c = bits.Add64(t4, h, c)
	t5 := c
	h, l = bits.Mul64(x1, x3)
	t4, c = bits.Add64(t4, l, 0)
	t5, _ = bits.Add64(t5, h, c)
	t6, l := bits.Mul64(x2, x3)
	t5, c = bits.Add64(t5, l, 0)
	t6 += c

	t1, c = bits.Add64(t1, t1, 0)
	t2, c = bits.Add64(t2, t2, c)
	t3, c = bits.Add64(t3, t3, c)
	t4, c = bits.Add64(t4, t4, c)
	t5, c = bits.Add64(t5, t5, c)
	t6, c = bits.Add64(t6, t6, c)
	t7 := c

	h, t0 := bits.Mul64(x0, x0)
	t1, c = bits.Add64(t1, h, 0)
	h, l = bits.Mul64(x1, x1)
	t2, c = bits.Add64(t2, l, c)
	t3, c = bits.Add64(t3, h, c)
	h, l = bits.Mul64(x2, x2)
	t4, c = bits.Add64(t4, l, c)
	t5, c = bits.Add64(t5, h, c)
	h, l = bits.Mul64(x3, x3)
	t6, c = bits.Add64(t6, l, c)
	t7, _ = bits.Add64(t7, h, c)

	z.reduce(t0, t1, t2, t3, t4, t5, t6, t7)
}

// reduce folds the upper four of eight limbs into the lower ones, twice.
func (z *field) reduce(t0, t1, t2, t3, t4, t5, t6, t7 uint64) {
	h0, l0 := bits.Mul64(t4, fold)
	h1, l1 := bits.Mul64(t5, fold)
	h2, l2 := bits.Mul64(t6, fold)
	h3, l3 := bits.Mul64(t7, fold)
	t0, c := bits.Add64(t0, l0, 0)
	t1, c = bits.Add64(t1, l1, c)
	t2, c = bits.Add64(t2, l2, c)
	t3, c = bits.Add64(t3, l3, c)
	top := h3 + c
	t1, c = bits.Add64(t1, h0, 0)
	t2, c = bits.Add64(t2, h1, c)
	t3, c = bits.Add64(t3, h2, c)
	top += c // below 2³⁴

	h0, l0 = bits.Mul64(top, fold)
	t0, c = bits.Add64(t0, l0, 0)
	t1, c = bits.Add64(t1, h0, c)
	t2, c = bits.Add64(t2, 0, c)
	t3, c = bits.Add64(t3, 0, c)
	t0, c = bits.Add64(t0, -c&fold, 0) // after a carry the rest is small
	z[0], z[1], z[2], z[3] = t0, t1+c, t2, t3
}

// times is x·k for a small k.
func (z *field) times(x *field, k uint32) *field {
	h0, t0 := bits.Mul64(x[0], uint64(k))
	h1, l1 := bits.Mul64(x[1], uint64(k))
	h2, l2 := bits.Mul64(x[2], uint64(k))
	h3, l3 := bits.Mul64(x[3], uint64(k))
	t1, c := bits.Add64(l1, h0, 0)
	t2, c := bits.Add64(l2, h1, c)
	t3, c := bits.Add64(l3, h2, c)
	h0, l0 := bits.Mul64(h3+c, fold)
	t0, c = bits.Add64(t0, l0, 0)
	t1, c = bits.Add64(t1, h0, c)
	t2, c = bits.Add64(t2, 0, c)
	t3, c = bits.Add64(t3, 0, c)
	z[0], z[1], z[2], z[3] = t0+(-c&fold), t1, t2, t3 // after a carry the rest is small
	return z
}
