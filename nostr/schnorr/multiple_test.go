package schnorr

import (
	"crypto/sha256"
	"math/big"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"pgregory.net/rapid"
)

// multiplied fails unless k·p is what the curve's library says.
func multiplied(t rapid.TB, p *secp256k1.JacobianPoint, k *secp256k1.ModNScalar) {
	var want secp256k1.JacobianPoint
	secp256k1.ScalarMultNonConst(k, p, &want)
	of := sumOf(*p)
	from := of.point()
	got := from.times(k)
	if !equal(got.sum(), sumOf(want)) {
		t.Fatalf("%v times another point", k)
	}
	if k.IsZero() {
		return
	}
	var x [32]byte
	want.ToAffine()
	if got.putX(&x); x != *want.X.Bytes() {
		t.Fatalf("%v times a point has another x", k)
	}
}

func TestMultiple(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bytes := rapid.SliceOfN(rapid.Byte(), 32, 32)
		secret, k := scalar(bytes.Draw(t, "secret")), scalar(bytes.Draw(t, "k"))
		if secret.IsZero() {
			return
		}
		p := point(&secret)
		multiplied(t, &p, &k)
	})
}

// Powers of two, sums and differences of λ's multiples with small numbers, and
// the negatives: halves and digits that are nothing, or at their ends.
func TestMultipleAtItsEdges(t *testing.T) {
	seven := scalar([]byte{7})
	p := point(&seven)
	var lambda secp256k1.ModNScalar
	lambda.NegateVal(&minusLambda)
	var factors []secp256k1.ModNScalar
	for bit := range 256 {
		factors = append(factors, scalar(new(big.Int).Lsh(big.NewInt(1), uint(bit)).FillBytes(make([]byte, 32))))
	}
	for a := range uint32(20) {
		for b := range uint32(20) {
			var k, small secp256k1.ModNScalar
			k.Mul2(&lambda, new(secp256k1.ModNScalar).SetInt(b)).Add(small.SetInt(a))
			factors = append(factors, k)
			k.Add(small.Add(&small).Negate())
			factors = append(factors, k)
		}
	}
	for _, k := range factors {
		multiplied(t, &p, &k)
		k.Negate()
		multiplied(t, &p, &k)
	}
}

// The two halves make the factor, and fit their windows, whatever it is.
func TestHalves(t *testing.T) {
	n := secp256k1.Params().N
	lambda := new(big.Int).Sub(n, number(&minusLambda))
	if one := new(big.Int).Exp(lambda, big.NewInt(3), n); one.Cmp(big.NewInt(1)) != 0 {
		t.Fatal("λ is no cube root of one")
	}
	rapid.Check(t, func(t *rapid.T) {
		k := field{limb().Draw(t, "0"), limb().Draw(t, "1"), limb().Draw(t, "2"), limb().Draw(t, "3")}
		e := scalar(k.number().FillBytes(make([]byte, 32)))
		h1, h2 := halves(&e)
		k1, k2 := new(big.Int).SetBytes(h1[:]), new(big.Int).SetBytes(h2[:])
		if k1.BitLen() > windows*windowBits || k2.BitLen() > windows*windowBits {
			t.Fatalf("%v: halves of %d and %d bits", e, k1.BitLen(), k2.BitLen())
		}
		both := k2.Mul(k2.Sub(k2, number(&shift)), lambda)
		both.Add(both, k1.Sub(k1, number(&shift)))
		if both.Mod(both, n).Cmp(number(&e)) != 0 {
			t.Fatalf("%v: the halves make %x", e, both)
		}
	})
}

func number(e *secp256k1.ModNScalar) *big.Int {
	b := e.Bytes()
	return new(big.Int).SetBytes(b[:])
}

// A point plus itself, its negative, and infinity: the formulas hold for all.
func TestSumsOfEveryTwoPoints(t *testing.T) {
	p := sumOf(point(new(secp256k1.ModNScalar).SetInt(5)))
	at := p.point()
	var m multiples
	m.of(&at)
	for i := range uint64(32) {
		for j := range uint64(32) {
			a, b := m.pick(i), m.pick(j)
			a.add(&a, &b)
			k, of := new(secp256k1.ModNScalar).SetInt(uint32(i+j)), at.library()
			k.Add(new(secp256k1.ModNScalar).SetInt(32).Negate())
			var want secp256k1.JacobianPoint
			secp256k1.ScalarMultNonConst(k, &of, &want)
			if !equal(a.sum(), sumOf(want)) {
				t.Fatalf("%d and %d times a point", int(i)-16, int(j)-16)
			}
			a.double()
			if k.Add(k); !k.IsZero() {
				secp256k1.ScalarMultNonConst(k, &of, &want)
			}
			if !equal(a.sum(), sumOf(want)) {
				t.Fatalf("twice %d times a point", int(i+j)-32)
			}
		}
	}
}

// FuzzECDH holds both ends of an agreement against each other and the curve's library.
func FuzzECDH(f *testing.F) {
	for _, seed := range []string{"a", "b"} {
		d, e := sha256.Sum256([]byte(seed)), sha256.Sum256([]byte(seed+seed))
		f.Add(d[:], e[:])
	}
	f.Add([]byte{1}, []byte{2})
	f.Fuzz(func(t *testing.T, d, e []byte) {
		if len(d) > 32 || len(e) > 32 {
			return
		}
		k, l := scalar(d), scalar(e)
		if k.IsZero() || l.IsZero() {
			return
		}
		first, second := k.Bytes(), l.Bytes()
		mine, err := PureGo.NewKeypair(&first)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := PureGo.NewKeypair(&second)
		if err != nil {
			t.Fatal(err)
		}
		pub, peer := mine.PublicKey(), theirs.PublicKey()
		x, err := mine.ECDH(&peer)
		if err != nil {
			t.Fatal(err)
		}
		y, err := theirs.ECDH(&pub)
		if err != nil || x != y {
			t.Fatalf("%x and %x: %v", x, y, err)
		}
		p := point(&l)
		var want secp256k1.JacobianPoint
		secp256k1.ScalarMultNonConst(&k, &p, &want)
		if want.ToAffine(); x != *want.X.Bytes() {
			t.Fatalf("%x, the library %x", x, want.X.Bytes())
		}
	})
}
