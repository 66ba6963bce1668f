package schnorr

// pair is two sums that grow in step, so that of two multiplications that follow
// each other neither waits for the other; and px, py, what each gets next.
type pair struct {
	x, y, zz, zzz [2]field
	px, py        [2]field
	_             [4][2]field // what the assembly works with
}

// begin makes each sum what was to be added to it.
func (w *pair) begin() {
	w.x, w.y = w.px, w.py
	w.zz = [2]field{one, one}
	w.zzz = w.zz
}

// next sets what is added to each sum next.
func (w *pair) next(p, q *affine) {
	w.px[0], w.py[0] = p.x, p.y
	w.px[1], w.py[1] = q.x, q.y
}

// add is [sum.add] of both.
func (w *pair) add() {
	if hasADX {
		addADX(w)
		return
	}
	for i := range w.x {
		add(&w.x[i], &w.y[i], &w.zz[i], &w.zzz[i], &w.px[i], &w.py[i])
	}
}

func (w *pair) double() {
	for i := range w.x {
		s := w.sum(i)
		s.double()
		w.set(i, &s)
	}
}

func (w *pair) sum(i int) sum { return sum{w.x[i], w.y[i], w.zz[i], w.zzz[i], true} }

func (w *pair) set(i int, s *sum) {
	w.x[i], w.y[i], w.zz[i], w.zzz[i] = s.x, s.y, s.zz, s.zzz
}
