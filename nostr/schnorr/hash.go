package schnorr

import "crypto/sha256"

// tagged is the prefix of a BIP-340 tagged hash: SHA256(tag) twice.
type tagged [64]byte

var (
	tagAux       = newTagged("BIP0340/aux")
	tagNonce     = newTagged("BIP0340/nonce")
	tagChallenge = newTagged("BIP0340/challenge")
)

func newTagged(tag string) (t tagged) {
	h := sha256.Sum256([]byte(tag))
	copy(t[:32], h[:])
	copy(t[32:], h[:])
	return t
}

func (t *tagged) sum1(a *[32]byte) [32]byte {
	var b [96]byte
	copy(b[:64], t[:])
	copy(b[64:], a[:])
	return sha256.Sum256(b[:])
}

// sum3 wipes its buffer: its input may be secret.
func (t *tagged) sum3(a, b, c *[32]byte) [32]byte {
	var buf [160]byte
	copy(buf[:64], t[:])
	copy(buf[64:], a[:])
	copy(buf[96:], b[:])
	copy(buf[128:], c[:])
	h := sha256.Sum256(buf[:])
	clear(buf[:])
	return h
}
