// Package plain tells how much of a text a JSON string holds as it is (RFC 8259,
// section 7). It refuses to judge UTF-8, which is for who reads.
package plain

import (
	"encoding/binary"
	"math/bits"
	"unsafe"
)

// Prefix is how many bytes at the front of s are no quote, backslash or control
// character.
func Prefix[T string | []byte](s T) int {
	// Neither is changed nor kept; to ask for a string's bytes would copy them.
	p := unsafe.StringData(*(*string)(unsafe.Pointer(&s)))
	return prefix(unsafe.Slice(p, len(s)))
}

// prefixGo does it for eight bytes at a time.
func prefixGo(b []byte) int {
	const ones, highs = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		quote, back := w^ones*'"', w^ones*'\\'
		found := (quote-ones)&^quote | (back-ones)&^back | (w-ones*0x20)&^w
		if found &= highs; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c < 0x20 || c == '"' || c == '\\' {
			break
		}
	}
	return i
}
