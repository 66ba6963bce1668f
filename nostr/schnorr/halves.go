package schnorr

import (
	"encoding/binary"
	"encoding/hex"
	"math/bits"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// The curve's endomorphism: λ·(x, y) is (β·x, y). Every factor is k₁ + k₂·λ with
// halves of 128 bits and a sign; they come from the lattice of (a₁, b₁) and
// (a₂, b₂), of which the quotients are b₂·2³²⁰/n and −b₁·2³²⁰/n (Guide to Elliptic
// Curve Cryptography, algorithm 3.74; the numbers are libsecp256k1's).
var (
	beta        = field{0xc1396c28719501ee, 0x9cf0497512f58995, 0x6e64479eac3434e9, 0x7ae96a2b657c0710}
	quotient1   = [3]uint64{0x3daa8a1471e8ca7f, 0xe86c90e49284eb15, 0x3086d221a7d46bcd}
	quotient2   = [3]uint64{0x221208ac9df506c6, 0x6f547fa90abfe4c4, 0xe4437ed6010e8828}
	minusB1     = fromHex("00000000000000000000000000000000e4437ed6010e88286f547fa90abfe4c3")
	minusB2     = fromHex("fffffffffffffffffffffffffffffffe8a280ac50774346dd765cda83db1562c")
	minusLambda = fromHex("ac9c52b33fa3cf1f5ad9e3fd77ed9ba4a880b9fc8ec739c2e0cfc810b51283cf")
	// shift is 16 in each window, so that a half that it is added to is positive,
	// and its digits are its windows less 16.
	shift = fromHex("0000000000000000000000000000000210842108421084210842108421084210")
)

func fromHex(text string) (k secp256k1.ModNScalar) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != 32 {
		panic(text)
	}
	k.SetByteSlice(raw)
	return k
}

// halves answers the windows of k₁ and k₂.
func halves(k *secp256k1.ModNScalar) (k1, k2 [32]byte) {
	raw := k.Bytes()
	var limbs field
	limbs.setBytes(&raw)
	c1, c2 := quotient(&limbs, &quotient1), quotient(&limbs, &quotient2)
	var h1, h2 secp256k1.ModNScalar
	h2.Add2(c1.Mul(&minusB1), c2.Mul(&minusB2))
	h1.Mul2(&h2, &minusLambda).Add(k)
	h1.Add(&shift).PutBytes(&k1)
	h2.Add(&shift).PutBytes(&k2)
	clear(raw[:])
	clear(limbs[:])
	for _, half := range []*secp256k1.ModNScalar{&c1, &c2, &h1, &h2} {
		half.Zero()
	}
	return k1, k2
}

// quotient is k·q/2³²⁰, rounded.
func quotient(k *field, q *[3]uint64) (c secp256k1.ModNScalar) {
	var t [7]uint64
	for i := range q {
		var carry uint64
		for j := range k {
			h, l := bits.Mul64(q[i], k[j])
			var more uint64
			l, more = bits.Add64(l, t[i+j], 0)
			h += more
			t[i+j], more = bits.Add64(l, carry, 0)
			carry = h + more
		}
		t[i+4] = carry
	}
	low, more := bits.Add64(t[5], t[4]>>63, 0)
	var raw [32]byte
	binary.BigEndian.PutUint64(raw[24:], low)
	binary.BigEndian.PutUint64(raw[16:], t[6]+more)
	c.SetBytes(&raw)
	return c
}
