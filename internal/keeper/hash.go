package keeper

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/privyseal/privyseal/nip46"
)

// hashBlock is how much of a text is hashed at a time: by way of the stack, so
// that no text is copied whole in order to be hashed.
const hashBlock = 512

// sumOf is the SHA-256 of a text.
func sumOf(text string) (sum [sha256.Size]byte) {
	var room [hashBlock]byte
	h := sha256.New()
	for len(text) > 0 {
		n := copy(room[:], text)
		h.Write(room[:n])
		text = text[n:]
	}
	h.Sum(sum[:0])
	return sum
}

// opHash names an operation by method and parameters, whatever its request id.
func opHash(m *nip46.Request) (sum [sha256.Size]byte) {
	var room [hashBlock]byte
	h := sha256.New()
	write := func(s string) {
		binary.BigEndian.PutUint64(room[:], uint64(len(s)))
		for n := 8; ; n = 0 {
			copied := copy(room[n:], s)
			h.Write(room[:n+copied])
			if s = s[copied:]; s == "" {
				return
			}
		}
	}
	write(string(m.Method))
	for _, p := range m.Params {
		write(p)
	}
	h.Sum(sum[:0])
	return sum
}
