package schnorrtest

import (
	"encoding/hex"

	"pgregory.net/rapid"
)

// draw favours the edges of the scalar and field ranges.
func draw(t *rapid.T, label string) [32]byte {
	edges := rapid.SampledFrom([][32]byte{{}, {31: 1}, order(-1), order(0), order(1), fieldSize(-1), fieldSize(0), fieldSize(1)})
	some := rapid.Custom(func(t *rapid.T) [32]byte {
		return [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "bytes"))
	})
	return rapid.OneOf(some, some, some, edges).Draw(t, label)
}

func order(plus int) [32]byte {
	return number("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", plus)
}

func fieldSize(plus int) [32]byte {
	return number("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f", plus)
}

// number parses 32 bytes and moves the last one, which must not overflow.
func number(text string, plus int) (n [32]byte) {
	if _, err := hex.Decode(n[:], []byte(text)); err != nil {
		panic(err)
	}
	n[31] = byte(int(n[31]) + plus)
	return n
}
