// Package nip44 encrypts payloads between two keys (NIP-44 version 2, with the
// long form for plaintexts of 65536 bytes and more). It refuses unknown
// versions, text that fails its MAC, encodings and paddings that are not exactly
// the prescribed ones, and plaintexts beyond [MaxPlaintext]. It does not check
// that a plaintext is UTF-8: whoever parses it does.
package nip44

import (
	"crypto/rand"
	"errors"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

// MaxPlaintext is the longest plaintext sealed or opened, in bytes. NIP-44
// leaves the bound to implementations; events of 1 MiB cannot carry more.
const MaxPlaintext = 1 << 20

var (
	// ErrUnsupportedVersion answers a payload of another version, '#' included.
	ErrUnsupportedVersion = errors.New("nip44: unsupported encryption version")
	// ErrInvalidPayload answers a payload of impossible length or bad base64.
	ErrInvalidPayload = errors.New("nip44: malformed payload")
	// ErrInvalidMAC answers a payload not made with this conversation key.
	ErrInvalidMAC = errors.New("nip44: invalid MAC")
	// ErrInvalidPadding answers an authentic payload with a wrong padding.
	ErrInvalidPadding = errors.New("nip44: invalid padding")
	// ErrPlaintextSize answers a plaintext that is empty or beyond MaxPlaintext.
	ErrPlaintextSize = errors.New("nip44: plaintext is empty or too long")
	// ErrNoKey answers a conversation key that was wiped or never derived.
	ErrNoKey = errors.New("nip44: no conversation key")
)

// NewConversationKey derives the conversation key from one's own keypair and
// the other's public key. It returns the keypair's error, if any.
func NewConversationKey(kp schnorr.Keypair, peer *[32]byte) (ConversationKey, error) {
	x, err := kp.ECDH(peer)
	if err != nil {
		return ConversationKey{}, err
	}
	ck := extract(&x)
	clear(x[:])
	return ck, nil
}

// Encrypt seals plaintext with a fresh nonce.
func Encrypt(ck *ConversationKey, plaintext string) (string, error) {
	w := getWorkspace()
	defer w.put()
	text, err := sealFresh(w, w.text[:0], ck, plaintext)
	if err != nil {
		return "", err
	}
	w.text = text
	return string(text), nil
}

// AppendEncrypt appends the payload of plaintext, sealed with a fresh nonce, to
// dst. On an error dst is returned unchanged.
func AppendEncrypt(dst []byte, ck *ConversationKey, plaintext []byte) ([]byte, error) {
	w := getWorkspace()
	defer w.put()
	return sealFresh(w, dst, ck, plaintext)
}

// Decrypt opens a payload.
func Decrypt(ck *ConversationKey, payload string) (string, error) {
	if err := checkSize(payload); err != nil {
		return "", err
	}
	w := getWorkspace()
	defer w.put()
	w.text = append(w.text[:0], payload...)
	plaintext, err := w.open(ck, w.text)
	return string(plaintext), err
}

// AppendDecrypt appends the plaintext of a payload to dst. On an error dst is
// returned unchanged.
func AppendDecrypt(dst []byte, ck *ConversationKey, payload []byte) ([]byte, error) {
	if err := checkSize(payload); err != nil {
		return dst, err
	}
	w := getWorkspace()
	defer w.put()
	plaintext, err := w.open(ck, payload)
	return append(dst, plaintext...), err
}

func sealFresh[T string | []byte](w *workspace, dst []byte, ck *ConversationKey, plaintext T) ([]byte, error) {
	var nonce [32]byte
	rand.Read(nonce[:]) // never fails: the program ends instead
	return seal(w, dst, ck, &nonce, plaintext)
}
