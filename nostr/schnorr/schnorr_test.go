package schnorr_test

import (
	"testing"

	"github.com/privyseal/privyseal/nostr/schnorr"
	"github.com/privyseal/privyseal/nostr/schnorr/schnorrtest"
)

func TestPureGo(t *testing.T) { schnorrtest.Run(t, schnorr.PureGo) }

// The whole suite with a table for every key.
func TestPureGoWithTables(t *testing.T) { schnorrtest.Run(t, schnorr.WithTables()) }

var key = [32]byte{1, 2, 3, 31: 4}

func benchKeypair(b *testing.B) (k schnorr.Keypair, pub, hash [32]byte) {
	b.Helper()
	b.ReportAllocs()
	k, err := schnorr.Default.NewKeypair(&key)
	if err != nil {
		b.Fatal(err)
	}
	return k, k.PublicKey(), [32]byte{9}
}

func BenchmarkNewKeypair(b *testing.B) {
	for b.Loop() {
		if _, err := schnorr.Default.NewKeypair(&key); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	k, _, hash := benchKeypair(b)
	for b.Loop() {
		if _, err := k.Sign(&hash); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSignChecked(b *testing.B) {
	k, _, hash := benchKeypair(b)
	for b.Loop() {
		if _, err := k.SignChecked(&hash); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	k, pub, hash := benchKeypair(b)
	sig, err := k.Sign(&hash)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if !schnorr.Default.Verify(&pub, &hash, &sig) {
			b.Fatal("not valid")
		}
	}
}

func BenchmarkECDH(b *testing.B) {
	k, pub, _ := benchKeypair(b)
	for b.Loop() {
		if _, err := k.ECDH(&pub); err != nil {
			b.Fatal(err)
		}
	}
}
