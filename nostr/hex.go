package nostr

import "encoding/hex"

// notHex marks the bytes that are no lower-case hex digit.
const notHex = 0xff

var hexValue = func() (t [256]byte) {
	for i := range t {
		t[i] = notHex
	}
	for i, c := range "0123456789abcdef" {
		t[c] = byte(i)
	}
	return t
}()

// decodeHex fills dst from exactly twice as many lower-case hex digits.
func decodeHex(dst, src []byte) bool {
	if len(src) != 2*len(dst) {
		return false
	}
	bad := byte(0)
	for i := range dst {
		high, low := hexValue[src[2*i]], hexValue[src[2*i+1]]
		bad |= high | low
		dst[i] = high<<4 | low
	}
	return bad < 16
}

// String is the id in lower-case hex.
func (id ID) String() string {
	var b [2 * len(id)]byte
	hex.Encode(b[:], id[:])
	return string(b[:])
}

// MarshalText is the id in lower-case hex.
func (id ID) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, id[:]), nil }

// UnmarshalText reads 64 lower-case hex digits.
func (id *ID) UnmarshalText(b []byte) error { return unmarshalHex(id[:], b, errID) }

// ParseID accepts 64 hex digits of either case.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 2*len(id) {
		return ID{}, errIDLength
	}
	if _, err := hex.Decode(id[:], []byte(s)); err != nil {
		return ID{}, errIDLength
	}
	return id, nil
}

const errIDLength malformed = "an id is 64 hex digits"

// String is the key in lower-case hex.
func (pk PubKey) String() string {
	var b [2 * len(pk)]byte
	hex.Encode(b[:], pk[:])
	return string(b[:])
}

// MarshalText is the key in lower-case hex.
func (pk PubKey) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, pk[:]), nil }

// UnmarshalText reads 64 lower-case hex digits. Unlike [ParsePubKey] it does
// not look whether the key is on the curve.
func (pk *PubKey) UnmarshalText(b []byte) error { return unmarshalHex(pk[:], b, errPubKey) }

// String is the signature in lower-case hex.
func (sig Signature) String() string {
	var b [2 * len(sig)]byte
	hex.Encode(b[:], sig[:])
	return string(b[:])
}

// MarshalText is the signature in lower-case hex.
func (sig Signature) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, sig[:]), nil }

// UnmarshalText reads 128 lower-case hex digits.
func (sig *Signature) UnmarshalText(b []byte) error { return unmarshalHex(sig[:], b, errSig) }

// unmarshalHex leaves dst alone when src is refused.
func unmarshalHex(dst, src []byte, refused error) error {
	var tmp [64]byte
	if !decodeHex(tmp[:len(dst)], src) {
		return refused
	}
	copy(dst, tmp[:])
	return nil
}
