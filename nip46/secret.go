package nip46

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
)

const (
	secretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	secretSize     = 32
)

// NewSecret draws a pairing secret of 32 letters and digits (190 bits), a form
// that every client carries unharmed. rand is normally crypto/rand.Reader.
func NewSecret(rand io.Reader) (string, error) {
	secret := make([]byte, 0, secretSize)
	var draw [secretSize]byte
	for len(secret) < secretSize {
		if _, err := io.ReadFull(rand, draw[:]); err != nil {
			return "", fmt.Errorf("drawing a secret: %w", err)
		}
		for _, b := range draw {
			// Of 64 equally likely values the last two are thrown away.
			if i := int(b & 63); i < len(secretAlphabet) && len(secret) < secretSize {
				secret = append(secret, secretAlphabet[i])
			}
		}
	}
	return string(secret), nil
}

// SecretEqual compares two secrets in a time that tells neither their content
// nor their length. Two empty secrets are not equal: no secret proves nothing.
func SecretEqual(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1 && a != "" && b != ""
}
