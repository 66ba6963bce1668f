// Package nip49 seals a secret key under a password (NIP-49, ncryptsec).
// It refuses cost parameters beyond [MaxLogN]: scrypt's memory doubles with
// each step, and whoever wrote the text has chosen it.
package nip49

import (
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"

	"golang.org/x/crypto/chacha20poly1305"
	"golang.org/x/crypto/scrypt"
	"golang.org/x/text/unicode/norm"

	"github.com/privyseal/privyseal/nostr"
)

const (
	// DefaultLogN is the scrypt cost of [Encrypt]: 2^16 rounds in 64 MiB.
	DefaultLogN = 16
	// MaxLogN is the highest cost sealed or opened: 2^20 rounds in 1 GiB.
	MaxLogN = 20
)

var (
	// ErrInvalidText answers a text that is no ncryptsec of version 2.
	ErrInvalidText = errors.New("nip49: not a valid ncryptsec")
	// ErrCostTooHigh answers a cost beyond MaxLogN, or below 1 on sealing.
	ErrCostTooHigh = fmt.Errorf("nip49: cost is out of range: log_n may be 1 to %d", MaxLogN)
	// ErrPassword answers a password that does not open the text, or a text
	// that was changed: the two cannot be told apart.
	ErrPassword = errors.New("nip49: wrong password or damaged text")
	// ErrInvalidKey answers 32 bytes, to be sealed or just opened, that are no
	// secret key; a wiped one is none.
	ErrInvalidKey = errors.New("nip49: not a secret key")
)

const (
	hrp       = "ncryptsec" // of the bech32 text
	version2  = 0x02
	untracked = 0x02 // key security byte: how the key was handled is not tracked

	saltAt     = 2
	nonceAt    = saltAt + 16
	securityAt = nonceAt + chacha20poly1305.NonceSizeX
	sealedAt   = securityAt + 1
	size       = sealedAt + 32 + chacha20poly1305.Overhead // 91 bytes
)

// Encrypt seals a key; logN 0 means [DefaultLogN].
func Encrypt(sk *nostr.SecretKey, password string, logN int) (string, error) {
	if logN == 0 {
		logN = DefaultLogN
	}
	if logN < 1 || logN > MaxLogN {
		return "", ErrCostTooHigh
	}
	if _, err := sk.PublicKey(); err != nil {
		return "", ErrInvalidKey
	}
	var b [size]byte
	b[0], b[1], b[securityAt] = version2, byte(logN), untracked
	rand.Read(b[saltAt:securityAt]) // never fails: the program ends instead
	aead, err := newAEAD(password, b[:])
	if err != nil {
		return "", err
	}
	aead.Seal(b[:sealedAt], b[nonceAt:securityAt], sk[:], b[securityAt:sealedAt])
	return nostr.EncodeBech32(hrp, b[:]), nil
}

// Decrypt opens an ncryptsec. Time and memory are those of its cost, see
// [MaxLogN].
func Decrypt(s, password string) (nostr.SecretKey, error) {
	return decrypt(s, password, MaxLogN)
}

func decrypt(s, password string, maxLogN int) (sk nostr.SecretKey, err error) {
	prefix, b, err := nostr.DecodeBech32(s)
	if err != nil || prefix != hrp || len(b) != size || b[0] != version2 || b[1] == 0 {
		return sk, ErrInvalidText
	}
	if int(b[1]) > maxLogN {
		return sk, ErrCostTooHigh
	}
	aead, err := newAEAD(password, b)
	if err != nil {
		return sk, err
	}
	if _, err := aead.Open(sk[:0], b[nonceAt:securityAt], b[sealedAt:], b[securityAt:sealedAt]); err != nil {
		clear(sk[:])
		return sk, ErrPassword
	}
	if _, err := sk.PublicKey(); err != nil {
		clear(sk[:])
		return sk, ErrInvalidKey
	}
	return sk, nil
}

// newAEAD derives the symmetric key from the password in NFKC and from cost and
// salt in b, and wipes what it can: not the password, a string of the caller.
func newAEAD(password string, b []byte) (cipher.AEAD, error) {
	normal := norm.NFKC.AppendString(make([]byte, 0, 4*len(password)), password)
	defer clear(normal)
	key, err := scrypt.Key(normal, b[saltAt:nonceAt], 1<<b[1], 8, 1, chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return chacha20poly1305.NewX(key)
}
