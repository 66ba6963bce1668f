package schnorr

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// without runs the same once with each use of assembly turned off.
func without(t *testing.T, run func(t *testing.T)) {
	for name, has := range map[string]*bool{"ADX": &hasADX, "AVX2": &hasAVX2} {
		if !*has {
			t.Logf("this processor has no %s", name)
			continue
		}
		*has = false
		t.Run("without "+name, run)
		*has = true
	}
}

func TestFieldWithoutAssembly(t *testing.T) { without(t, TestField) }

func TestCombWithoutAssembly(t *testing.T) {
	without(t, func(t *testing.T) {
		TestComb(t)
		TestCombWhereItCannotTell(t)
	})
}

// The limbs of an inverse, of whatever size.
func TestInverseInAssembly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := func(name string) (n int64) { return int64(limb().Draw(t, name)) }
		m := matrix{number("u"), number("v"), number("q"), number("r")}
		var f, g signed
		for i := range f {
			f[i], g[i] = number("f"), number("g")
		}
		for name, to := range map[string][2]func(*matrix, *signed, *signed){
			"apply":       {apply, applyGo},
			"applyModulo": {applyModulo, applyModuloGo},
		} {
			a, b, wantA, wantB := f, g, f, g
			to[0](&m, &a, &b)
			if to[1](&m, &wantA, &wantB); a != wantA || b != wantB {
				t.Fatalf("%s: %v and %v, want %v and %v", name, a, b, wantA, wantB)
			}
		}
	})
}

// What the assembly computes is what Go does, for every value of the limbs.
func TestAssembly(t *testing.T) {
	special := rapid.SampledFrom([]field{{}, one, {1<<64 - fold - 1, m, m, m}, {1<<64 - fold, m, m, m}, {m, m, m, m}})
	any := rapid.OneOf(element(), special)
	rapid.Check(t, func(t *rapid.T) {
		x, y := any.Draw(t, "x"), any.Draw(t, "y")
		var z, want field
		mul(&z, &x, &y)
		if mulGo(&want, &x, &y); z != want {
			t.Fatalf("%x times %x: %x, want %x", x, y, z, want)
		}
		square(&z, &x)
		if squareGo(&want, &x); z != want {
			t.Fatalf("%x squared: %x, want %x", x, z, want)
		}
		if !hasADX {
			return
		}
		var w pair
		for _, f := range []*[2]field{&w.x, &w.y, &w.zz, &w.zzz, &w.px, &w.py} {
			f[0], f[1] = any.Draw(t, "first"), any.Draw(t, "second")
		}
		was := w
		w.add()
		for i := range w.x {
			s := was.sum(i)
			s.add(&affine{was.px[i], was.py[i]})
			for _, f := range []*field{&w.x[i], &w.y[i], &w.zz[i], &w.zzz[i], &s.x, &s.y, &s.zz, &s.zzz} {
				f.normal()
			}
			if w.sum(i) != s {
				t.Fatalf("%v: the sum %d is %v, want %v", was, i, w.sum(i), s)
			}
		}
	})
}

const m = 1<<64 - 1

func TestPickInAssembly(t *testing.T) {
	if !hasAVX2 {
		t.Skip("no AVX2")
	}
	defer func() { hasAVX2 = true }()
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		var row combRow
		for i := range row {
			for j := range row[i].x {
				row[i].x[j], row[i].y[j] = random.Uint64(), random.Uint64()
			}
		}
		for first := range uint64(1 << combTeeth) {
			for second := range uint64(1 << combTeeth) {
				var got, want pair
				hasAVX2 = true
				got.pick(&row, [2]uint64{first, second})
				hasAVX2 = false
				if want.pick(&row, [2]uint64{first, second}); got != want {
					t.Fatalf("%d and %d: %x, want %x", first, second, got, want)
				}
			}
		}
	}
}

func BenchmarkPair(b *testing.B) {
	var w pair
	w.pick(&combG()[0], [2]uint64{3, 4})
	w.begin()
	b.Run("pick", func(b *testing.B) {
		for b.Loop() {
			w.pick(&combG()[1], [2]uint64{3, 4})
		}
	})
	b.Run("add", func(b *testing.B) {
		for b.Loop() {
			w.add()
		}
	})
}
