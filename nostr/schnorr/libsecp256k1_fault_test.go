//go:build libsecp256k1

package schnorr

import (
	"errors"
	"testing"
)

// A signature that does not fit the key it is checked with never leaves.
func TestLibsecp256k1CheckFindsFaults(t *testing.T) {
	for bit := range 256 {
		k, err := Libsecp256k1.NewKeypair(&[32]byte{31: 3})
		if err != nil {
			t.Fatal(err)
		}
		k.(*libKeypair).key.d[bit/8] ^= 1 << (bit % 8)
		sig, err := k.SignChecked(&[32]byte{1})
		if !errors.Is(err, ErrFault) || sig != ([64]byte{}) {
			t.Fatalf("bit %d: %v", bit, err)
		}
	}
}
