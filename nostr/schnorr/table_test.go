package schnorr

import (
	"math/big"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"pgregory.net/rapid"
)

// scalar is the number of these bytes, modulo the group's order.
func scalar(b []byte) (e secp256k1.ModNScalar) {
	e.SetByteSlice(b)
	return e
}

// point is the public point of a secret.
func point(secret *secp256k1.ModNScalar) (p secp256k1.JacobianPoint) {
	secp256k1.ScalarBaseMultNonConst(secret, &p)
	p.ToAffine()
	return p
}

// sumOf is a point of the curve's library, as a sum.
func sumOf(p secp256k1.JacobianPoint) (s sum) {
	s.of(&p)
	return s
}

// equal reports whether two sums are one point, or both infinity.
func equal(a, b sum) bool {
	if !a.told() || !b.told() {
		return a.told() == b.told()
	}
	p := b.point()
	return a.is(&p) && a.isEven(&p.x) == !p.y.isOdd()
}

// same fails unless k·G + e·P is with a table what it is without.
func same(t rapid.TB, b *pureGo, p *secp256k1.JacobianPoint, k, e secp256k1.ModNScalar) {
	var kg, ep, want secp256k1.JacobianPoint
	secp256k1.ScalarBaseMultNonConst(&k, &kg)
	secp256k1.ScalarMultNonConst(&e, p, &ep)
	secp256k1.AddNonConst(&kg, &ep, &want)
	of := sumOf(*p)
	known := &known{point: of.point()}
	for _, tab := range []*table{b.tableOf(p.X.Bytes(), known), nil} {
		if !equal(combine(&k, &e, known, tab), sumOf(want)) {
			t.Fatalf("%v, %v: another point, by a table: %v", k, e, tab != nil)
		}
	}
	if !equal(secretG(&k), sumOf(kg)) {
		t.Fatalf("%v: another multiple of the generator", k)
	}
}

func TestTable(t *testing.T) {
	b := newPureGo(1)
	rapid.Check(t, func(t *rapid.T) {
		bytes := rapid.SliceOfN(rapid.Byte(), 32, 32)
		secret := scalar(bytes.Draw(t, "secret"))
		if secret.IsZero() {
			return
		}
		p := point(&secret)
		for range 3 {
			same(t, b, &p, scalar(bytes.Draw(t, "k")), scalar(bytes.Draw(t, "e")))
		}
	})
}

// Nothing, powers of two, what is beside them, and their negatives.
func TestTableAtItsEdges(t *testing.T) {
	seven := scalar([]byte{7})
	p, one := point(&seven), scalar([]byte{1})
	b := newPureGo(1)
	same(t, b, &p, secp256k1.ModNScalar{}, secp256k1.ModNScalar{})
	for bit := range 256 {
		e := scalar(new(big.Int).Lsh(big.NewInt(1), uint(bit)).FillBytes(make([]byte, 32)))
		for range 3 {
			same(t, b, &p, e, one)
			same(t, b, &p, secp256k1.ModNScalar{}, e)
			e.Negate()
			same(t, b, &p, e, e)
			e.Add(&one)
		}
	}
}

// A point is added to itself, to its negative, and to sums that are one of
// them: the quick formulas cannot, and say so.
func TestSumsThatTheQuickFormulasCannot(t *testing.T) {
	for secret := range uint32(40) {
		var d secp256k1.ModNScalar
		d.SetInt(secret + 1)
		for _, negative := range []bool{false, true} {
			p, b := point(&d), newPureGo(1) // tables are kept by x alone
			if negative {
				p.Y.Negate(1).Normalize()
			}
			for e := range uint32(40) {
				for _, k := range []uint32{0, 1, e * (secret + 1), (e + 1) * (secret + 1)} {
					var kk, ee secp256k1.ModNScalar
					kk.SetInt(k)
					ee.SetInt(e)
					same(t, b, &p, kk, ee)
					kk.Negate()
					same(t, b, &p, kk, ee)
				}
			}
		}
	}
	var s sum
	if s.told() {
		t.Fatal("the sum of none is told")
	}
	two := sumOf(point(new(secp256k1.ModNScalar).SetInt(2))).point()
	if s.add(&two); !s.is(&two) || s.point() != two {
		t.Fatal("the sum of one is another")
	}
	again := s
	if again.add(&two); again.told() {
		t.Fatal("a point was added to itself")
	}
	three := sumOf(point(new(secp256k1.ModNScalar).SetInt(3))).point()
	minusTwo := affine{x: two.x}
	minusTwo.y.negate(&two.y)
	s.add(&minusTwo)
	if s.add(&three); s.told() || s.is(&three) || s.isEven(&three.x) {
		t.Fatal("after a point and its negative, a sum is told")
	}
}

// A key gets its table with the verifications it takes, and earns it anew when
// it is forgotten; there are never more than two generations.
func TestTablesAreEarnedAndBounded(t *testing.T) {
	b := newPureGo(3)
	var hash [32]byte
	verify := func(i byte) {
		k, err := b.NewKeypair(&[32]byte{31: i})
		if err != nil {
			t.Fatal(err)
		}
		sig, err := k.Sign(&hash)
		if err != nil {
			t.Fatal(err)
		}
		pub := k.PublicKey()
		if !b.Verify(&pub, &hash, &sig) {
			t.Fatal("not valid")
		}
		if sig[5]++; b.Verify(&pub, &hash, &sig) {
			t.Fatal("valid, altered")
		}
	}
	count := func() int { return len(b.tables.young) + len(b.tables.old) }
	if verify(1); count() != 0 {
		t.Fatal("a table after two verifications")
	}
	if verify(1); count() != 1 {
		t.Fatal("no table after three")
	}
	b.tables.most = 32
	for i := range byte(100) {
		verify(2 + i)
		verify(2 + i)
	}
	if n := count(); n > 2*32 || n < 32 {
		t.Fatalf("%d tables", n)
	}
	if _, ok := b.tables.get(&[32]byte{}); ok {
		t.Fatal("a table of nobody")
	}
}

func BenchmarkNewTable(b *testing.B) {
	g := generator()
	p := affineOf(&g)
	for b.Loop() {
		newTable(&p, keyBits)
	}
}
