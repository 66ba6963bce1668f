package nip44

import (
	"encoding/binary"
	"math/bits"
)

// longForm is the length at which the prefix grows from 2 to 6 bytes.
const longForm = 65536

// calcPaddedLen is calc_padded_len of NIP-44, for n of 1 to MaxPlaintext.
func calcPaddedLen(n int) int {
	if n <= 32 {
		return 32
	}
	chunk := max(32, 1<<bits.Len(uint(n-1))/8)
	return chunk * ((n-1)/chunk + 1)
}

func prefixSize(n int) int {
	if n < longForm {
		return 2
	}
	return 6
}

// putPrefix writes a plaintext's length in front of it.
func putPrefix(padded []byte, n int) int {
	if n < longForm {
		binary.BigEndian.PutUint16(padded, uint16(n))
		return 2
	}
	binary.BigEndian.PutUint16(padded, 0)
	binary.BigEndian.PutUint32(padded[2:], uint32(n))
	return 6
}

// unpad answers the plaintext, a part of padded (at least 34 bytes long).
func unpad(padded []byte) ([]byte, error) {
	n := int(binary.BigEndian.Uint16(padded))
	at := 2
	if n == 0 {
		long := binary.BigEndian.Uint32(padded[2:])
		if long < longForm || long > MaxPlaintext {
			return nil, ErrInvalidPadding
		}
		n, at = int(long), 6
	}
	if len(padded) != at+calcPaddedLen(n) {
		return nil, ErrInvalidPadding
	}
	return padded[at : at+n], nil
}
