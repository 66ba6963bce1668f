package nostr

import (
	"errors"
	"strings"
)

// MaxBech32 bounds a bech32 string, in characters (NIP-19).
const MaxBech32 = 5000

const (
	bech32Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	bech32Checksum = 6 // characters
)

// ErrBech32 is the error of every string that is not well-formed bech32.
var ErrBech32 = errors.New("not a valid bech32 string")

var bech32Value = func() (t [128]int8) {
	for i := range t {
		t[i] = -1
	}
	for i := range len(bech32Alphabet) {
		t[bech32Alphabet[i]] = int8(i)
	}
	return t
}()

// EncodeBech32 encodes bytes under a human-readable prefix in lower-case bech32
// (BIP-173, not bech32m). The prefix must be lower-case ASCII.
func EncodeBech32(hrp string, data []byte) string {
	var b strings.Builder
	b.Grow(len(hrp) + 1 + (len(data)*8+4)/5 + bech32Checksum)
	b.WriteString(hrp)
	b.WriteByte('1')
	sum := bech32Prefix(hrp)
	put := func(v byte) {
		sum = bech32Step(sum, v)
		b.WriteByte(bech32Alphabet[v])
	}
	var acc uint32
	bits := 0
	for _, c := range data {
		acc = acc<<8 | uint32(c)
		for bits += 8; bits >= 5; {
			bits -= 5
			put(byte(acc>>bits) & 31)
		}
	}
	if bits > 0 {
		put(byte(acc<<(5-bits)) & 31)
	}
	for range bech32Checksum {
		sum = bech32Step(sum, 0)
	}
	sum ^= 1
	for i := range bech32Checksum {
		b.WriteByte(bech32Alphabet[sum>>(5*(bech32Checksum-1-i))&31])
	}
	return b.String()
}

// DecodeBech32 decodes a bech32 string (BIP-173, with NIP-19's length bound
// [MaxBech32] instead of 90). The prefix comes back in lower case. Mixed case,
// a wrong checksum, and padding that is too long or not zero are [ErrBech32].
func DecodeBech32(s string) (hrp string, data []byte, err error) {
	sep := strings.LastIndexByte(s, '1')
	if len(s) > MaxBech32 || sep < 1 || len(s)-sep-1 < bech32Checksum {
		return "", nil, ErrBech32
	}
	lower, upper := false, false
	for i := range len(s) {
		c := s[i]
		if c < 33 || c > 126 {
			return "", nil, ErrBech32
		}
		lower = lower || 'a' <= c && c <= 'z'
		upper = upper || 'A' <= c && c <= 'Z'
	}
	if lower && upper {
		return "", nil, ErrBech32
	}
	s = strings.ToLower(s)
	hrp, body := s[:sep], s[sep+1:]
	payload := len(body) - bech32Checksum
	data = make([]byte, 0, payload*5/8)
	sum := bech32Prefix(hrp)
	var acc uint32
	bits := 0
	for i := range len(body) {
		v := bech32Value[body[i]]
		if v < 0 {
			return "", nil, ErrBech32
		}
		sum = bech32Step(sum, byte(v))
		if i >= payload {
			continue
		}
		acc = acc<<5 | uint32(v)
		if bits += 5; bits >= 8 {
			bits -= 8
			data = append(data, byte(acc>>bits))
		}
	}
	if sum != 1 || bits >= 5 || acc&(1<<bits-1) != 0 {
		return "", nil, ErrBech32
	}
	return hrp, data, nil
}

// bech32Prefix is the checksum's state after the prefix.
func bech32Prefix(hrp string) uint32 {
	sum := uint32(1)
	for i := range len(hrp) {
		sum = bech32Step(sum, hrp[i]>>5)
	}
	sum = bech32Step(sum, 0)
	for i := range len(hrp) {
		sum = bech32Step(sum, hrp[i]&31)
	}
	return sum
}

// bech32Step feeds five bits to the checksum of BIP-173.
func bech32Step(sum uint32, v byte) uint32 {
	top := sum >> 25
	sum = sum&0x1ffffff<<5 ^ uint32(v)
	for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}
