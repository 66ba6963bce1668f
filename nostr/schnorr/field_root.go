package schnorr

// squares is x^(2ⁿ), for n of 1 or more.
func (z *field) squares(x *field, n int) *field {
	z.square(x)
	for range n - 1 {
		z.square(z)
	}
	return z
}

// root is x^((p+1)/4), which is a square root of x if there is one, and reports
// whether it is. The exponent is 223 ones, a zero, 22 ones and 00001100; which
// numbers are multiplied depends on it alone.
func (z *field) root(x *field) bool {
	var x2, x3, x6, x9, x11, x22, x44, x88, x176, x220, x223, t field
	x2.mul(t.square(x), x)
	x3.mul(t.square(&x2), x)
	x6.mul(t.squares(&x3, 3), &x3)
	x9.mul(t.squares(&x6, 3), &x3)
	x11.mul(t.squares(&x9, 2), &x2)
	x22.mul(t.squares(&x11, 11), &x11)
	x44.mul(t.squares(&x22, 22), &x22)
	x88.mul(t.squares(&x44, 44), &x44)
	x176.mul(t.squares(&x88, 88), &x88)
	x220.mul(t.squares(&x176, 44), &x44)
	x223.mul(t.squares(&x220, 3), &x3)
	t.mul(t.squares(&x223, 23), &x22)
	t.mul(t.squares(&t, 6), &x2)
	t.squares(&t, 2)
	var square field
	want := *x
	found := *square.square(&t).normal() == *want.normal()
	*z = t
	return found
}
