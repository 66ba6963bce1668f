package nip04

import (
	"crypto/aes"
	"crypto/cipher"
	"fmt"
	"io"
	"log/slog"
)

// SharedKey is the AES key shared by two keys (NIP-04). It never prints itself.
// The zero value refuses to seal and to open.
type SharedKey [32]byte

const redaction = "[shared key]"

// Wipe overwrites the key. It must not run beside a use of the same variable.
func (k *SharedKey) Wipe() { clear(k[:]) }

// String answers a fixed text.
func (SharedKey) String() string { return redaction }

// GoString answers a fixed text.
func (SharedKey) GoString() string { return redaction }

// Format answers every verb with a fixed text.
func (SharedKey) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redaction) }

// LogValue answers slog with a fixed text.
func (SharedKey) LogValue() slog.Value { return slog.StringValue(redaction) }

// MarshalText answers JSON and other encodings with a fixed text.
func (SharedKey) MarshalText() ([]byte, error) { return []byte(redaction), nil }

func (k *SharedKey) cipher() (cipher.Block, error) {
	if *k == (SharedKey{}) {
		return nil, ErrNoKey
	}
	return aes.NewCipher(k[:])
}
