package nip44

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
)

// ConversationKey is the secret shared by two keys (NIP-44 step 1). It never
// prints itself. The zero value refuses to seal and to open.
type ConversationKey [32]byte

const redaction = "[conversation key]"

// Wipe overwrites the key. It must not run beside a use of the same variable.
func (ck *ConversationKey) Wipe() { clear(ck[:]) }

// String answers a fixed text.
func (ConversationKey) String() string { return redaction }

// GoString answers a fixed text.
func (ConversationKey) GoString() string { return redaction }

// Format answers every verb with a fixed text.
func (ConversationKey) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redaction) }

// LogValue answers slog with a fixed text.
func (ConversationKey) LogValue() slog.Value { return slog.StringValue(redaction) }

// MarshalText answers JSON and other encodings with a fixed text.
func (ConversationKey) MarshalText() ([]byte, error) { return []byte(redaction), nil }

// messageKeys are the keys of one message (NIP-44 step 3).
type messageKeys struct {
	chachaKey   [32]byte
	chachaNonce [12]byte
	hmacKey     [32]byte
}

func (mk *messageKeys) wipe() { *mk = messageKeys{} }

// extract is HKDF-Extract of the shared x coordinate (RFC 5869).
func extract(x *[32]byte) ConversationKey {
	salt := [32]byte([]byte("nip44-v2\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	var m [blockSize + 32]byte
	copy(m[blockSize:], x[:])
	ck := hmac(&salt, m[:])
	clear(m[:])
	return ConversationKey(ck)
}

// derive is HKDF-Expand to 76 bytes (RFC 5869).
func (mk *messageKeys) derive(ck *ConversationKey, nonce *[32]byte) {
	var m [blockSize + 32 + 32 + 1]byte // block, previous, info, counter
	prk, previous, info, counter := (*[32]byte)(ck), m[blockSize:][:32], m[blockSize+32:][:32], &m[blockSize+64]
	copy(info, nonce[:])

	// The first round has no previous one: its info takes that place.
	copy(previous, nonce[:])
	m[blockSize+32] = 1
	mk.chachaKey = hmac(prk, m[:blockSize+33])

	copy(previous, mk.chachaKey[:])
	m[blockSize+32] = nonce[0]
	*counter = 2
	t := hmac(prk, m[:])
	copy(mk.chachaNonce[:], t[:12])
	copy(mk.hmacKey[:], t[12:])

	copy(previous, t[:])
	*counter = 3
	t = hmac(prk, m[:])
	copy(mk.hmacKey[20:], t[:])
	clear(t[:])
	clear(m[:])
}

// blockSize is the room a message needs in front of it, see [hmac].
const blockSize = sha256.BlockSize

// What the key is combined with, eight bytes at a time.
const (
	ipad = 0x3636363636363636
	opad = 0x5c5c5c5c5c5c5c5c
)

// hmac is HMAC-SHA256 (RFC 2104) without allocation: m starts with blockSize
// bytes of room, overwritten with the inner key block, before the message.
func hmac(key *[32]byte, m []byte) [32]byte {
	var outer [blockSize + 32]byte
	for i := range blockSize / 8 {
		var k uint64
		if i < len(key)/8 {
			k = binary.NativeEndian.Uint64(key[8*i:])
		}
		binary.NativeEndian.PutUint64(m[8*i:], k^ipad)
		binary.NativeEndian.PutUint64(outer[8*i:], k^opad)
	}
	inner := sha256.Sum256(m)
	copy(outer[blockSize:], inner[:])
	sum := sha256.Sum256(outer[:])
	clear(outer[:])
	return sum
}
