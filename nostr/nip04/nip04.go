// Package nip04 is the old encryption (NIP-04: AES-256-CBC under the shared x
// coordinate), for clients that still need it. It authenticates nothing: a
// changed payload may decrypt to other text. It refuses to guess: malformed
// payloads are errors, all the same one, so that no padding oracle is left.
package nip04

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

// MaxPlaintext is the longest plaintext sealed or opened, in bytes.
const MaxPlaintext = 1 << 20

var (
	// ErrInvalidPayload answers a payload that is malformed, too long, or does
	// not open with this key.
	ErrInvalidPayload = errors.New("nip04: invalid payload")
	// ErrPlaintextSize answers a plaintext beyond MaxPlaintext.
	ErrPlaintextSize = errors.New("nip04: plaintext is too long")
	// ErrNoKey answers a shared key that was wiped or never derived.
	ErrNoKey = errors.New("nip04: no shared key")
)

const (
	separator = "?iv="
	ivText    = (aes.BlockSize + 2) / 3 * 4 // characters of the vector in base64
	maxSealed = MaxPlaintext + aes.BlockSize
)

// encoding is strict about padding and stray bits; split refuses line breaks.
var encoding = base64.StdEncoding.Strict()

// NewSharedKey derives the shared key from one's own keypair and the other's
// public key. It returns the keypair's error, if any.
func NewSharedKey(kp schnorr.Keypair, peer *[32]byte) (SharedKey, error) {
	x, err := kp.ECDH(peer)
	return SharedKey(x), err
}

// Encrypt seals plaintext, which may be empty, as base64?iv=base64.
func Encrypt(k *SharedKey, plaintext string) (string, error) {
	if len(plaintext) > MaxPlaintext {
		return "", ErrPlaintextSize
	}
	block, err := k.cipher()
	if err != nil {
		return "", err
	}
	pad := aes.BlockSize - len(plaintext)%aes.BlockSize
	b := make([]byte, len(plaintext)+pad)
	for i := copy(b, plaintext); i < len(b); i++ {
		b[i] = byte(pad)
	}
	var iv [aes.BlockSize]byte
	rand.Read(iv[:]) // never fails: the program ends instead
	cipher.NewCBCEncrypter(block, iv[:]).CryptBlocks(b, b)

	text := make([]byte, 0, encoding.EncodedLen(len(b))+len(separator)+ivText)
	text = encoding.AppendEncode(text, b)
	text = append(text, separator...)
	return string(encoding.AppendEncode(text, iv[:])), nil
}

// Decrypt opens a payload.
func Decrypt(k *SharedKey, payload string) (string, error) {
	block, err := k.cipher()
	if err != nil {
		return "", err
	}
	sealed, vector, ok := split(payload)
	if !ok || len(sealed) > encoding.EncodedLen(maxSealed) {
		return "", ErrInvalidPayload
	}
	b, err1 := encoding.DecodeString(sealed)
	iv, err2 := encoding.DecodeString(vector)
	if err1 != nil || err2 != nil || len(iv) != aes.BlockSize || len(b) == 0 || len(b)%aes.BlockSize != 0 {
		return "", ErrInvalidPayload
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(b, b)
	defer clear(b)
	n, ok := unpad(b)
	if !ok {
		return "", ErrInvalidPayload
	}
	return string(b[:n]), nil
}

// Looks reports whether a payload has the shape of NIP-04: something, ?iv= and
// a vector's length of base64.
func Looks(payload string) bool {
	_, _, ok := split(payload)
	return ok
}

// split cuts a payload into ciphertext and initialization vector, both base64.
func split(payload string) (sealed, iv string, ok bool) {
	sealed, iv, ok = strings.Cut(payload, separator)
	ok = ok && sealed != "" && len(iv) == ivText && !strings.ContainsAny(payload, "\r\n")
	return sealed, iv, ok
}

// unpad checks the PKCS #7 padding of the last block without branching on it.
func unpad(b []byte) (n int, ok bool) {
	last := b[len(b)-aes.BlockSize:]
	pad := int(last[aes.BlockSize-1])
	good := subtle.ConstantTimeLessOrEq(1, pad) & subtle.ConstantTimeLessOrEq(pad, aes.BlockSize)
	for i, c := range last {
		padding := subtle.ConstantTimeLessOrEq(aes.BlockSize-i, pad)
		good &= subtle.ConstantTimeSelect(padding, subtle.ConstantTimeEq(int32(c), int32(pad)), 1)
	}
	return len(b) - pad, good == 1
}
