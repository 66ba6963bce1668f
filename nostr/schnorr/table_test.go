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

func infinite(p *secp256k1.JacobianPoint) bool {
	return p.Z.IsZero() || p.X.IsZero() && p.Y.IsZero()
}

// same fails unless e·P is with a table what it is without.
func same(t rapid.TB, tab *table, p *secp256k1.JacobianPoint, e secp256k1.ModNScalar) {
	var want, got secp256k1.JacobianPoint
	secp256k1.ScalarMultNonConst(&e, p, &want)
	tab.multiply(&e, &got)
	if infinite(&want) != infinite(&got) || !infinite(&want) && !got.EquivalentNonConst(&want) {
		t.Fatalf("%v: another point", e)
	}
}

func TestTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		bytes := rapid.SliceOfN(rapid.Byte(), 32, 32)
		secret := scalar(bytes.Draw(t, "secret"))
		if secret.IsZero() {
			return
		}
		p := point(&secret)
		tab := newTable(&p)
		for range 3 {
			same(t, tab, &p, scalar(bytes.Draw(t, "scalar")))
		}
	})
}

// Nothing, powers of two, what is beside them, and their negatives.
func TestTableAtItsEdges(t *testing.T) {
	seven := scalar([]byte{7})
	p, one := point(&seven), scalar([]byte{1})
	tab := newTable(&p)
	same(t, tab, &p, secp256k1.ModNScalar{})
	for bit := range 256 {
		e := scalar(new(big.Int).Lsh(big.NewInt(1), uint(bit)).FillBytes(make([]byte, 32)))
		for range 3 {
			same(t, tab, &p, e)
			e.Negate()
			same(t, tab, &p, e)
			e.Add(&one)
		}
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
	for i := range byte(100) {
		verify(2 + i)
		verify(2 + i)
	}
	if n := count(); n > 2*tableGeneration || n < tableGeneration {
		t.Fatalf("%d tables", n)
	}
	if _, ok := b.tables.get(&[32]byte{}); ok {
		t.Fatal("a table of nobody")
	}
}
