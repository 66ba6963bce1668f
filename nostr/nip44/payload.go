package nip44

import (
	"crypto/subtle"
	"encoding/base64"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/crypto/chacha20"
	"golang.org/x/crypto/chacha20poly1305"
)

const (
	version2   = 2
	nonceSize  = 32
	macSize    = 32
	minRaw     = 1 + nonceSize + 2 + 32 + macSize
	maxRaw     = 1 + nonceSize + 6 + MaxPlaintext + macSize
	minPayload = (minRaw + 2) / 3 * 4
	maxPayload = (maxRaw + 2) / 3 * 4

	// Within a workspace the raw payload starts one byte before the block that
	// the MAC's inner key occupies ends: version and inner key take turns.
	rawAt        = blockSize - 1
	ciphertextAt = blockSize + nonceSize
)

// encoding refuses stray bits; open refuses the line breaks it lets through.
var encoding = base64.StdEncoding.Strict()

// workspace is the memory of one message: inner key block, nonce, ciphertext or
// padded plaintext, MAC; room for base64 text; and the message's keys.
type workspace struct {
	raw, text []byte
	keys      messageKeys
}

// maxPooled bounds what an idle workspace may hold, in bytes.
const maxPooled = 1 << 18

var pool = sync.Pool{New: func() any { return new(workspace) }}

func getWorkspace() *workspace { return pool.Get().(*workspace) }

// put wipes the workspace and keeps it unless it has grown large.
func (w *workspace) put() {
	clear(w.raw)
	w.keys.wipe()
	w.raw, w.text = w.raw[:0], w.text[:0]
	if cap(w.raw)+cap(w.text) <= maxPooled {
		pool.Put(w)
	}
}

// size makes room for n bytes of raw payload.
func (w *workspace) size(n int) {
	w.raw = slices.Grow(w.raw[:0], rawAt+n)[:rawAt+n]
}

// seal appends the payload of plaintext to dst.
func seal[T string | []byte](w *workspace, dst []byte, ck *ConversationKey, nonce *[32]byte, plaintext T) ([]byte, error) {
	if *ck == (ConversationKey{}) {
		return dst, ErrNoKey
	}
	if len(plaintext) == 0 || len(plaintext) > MaxPlaintext {
		return dst, ErrPlaintextSize
	}
	paddedSize := prefixSize(len(plaintext)) + calcPaddedLen(len(plaintext))
	w.size(1 + nonceSize + paddedSize + macSize)
	copy(w.raw[blockSize:], nonce[:])
	padded := w.raw[ciphertextAt:][:paddedSize]
	n := putPrefix(padded, len(plaintext))
	n += copy(padded[n:], plaintext)
	clear(padded[n:])

	mk := &w.keys
	mk.derive(ck, nonce)
	if err := mk.xor(padded); err != nil {
		return dst, err
	}
	macAt := ciphertextAt + paddedSize
	mac := hmac(&mk.hmacKey, w.raw[:macAt])
	copy(w.raw[macAt:], mac[:])
	w.raw[rawAt] = version2
	return encoding.AppendEncode(dst, w.raw[rawAt:]), nil
}

// checkSize judges what can be judged before anything is decoded.
func checkSize[T string | []byte](payload T) error {
	if len(payload) > 0 && payload[0] == '#' {
		return ErrUnsupportedVersion
	}
	if len(payload) < minPayload || len(payload) > maxPayload || len(payload)%4 != 0 {
		return ErrInvalidPayload
	}
	return nil
}

// open decrypts a payload that passed checkSize. The plaintext lives in the
// workspace.
func (w *workspace) open(ck *ConversationKey, payload []byte) ([]byte, error) {
	if *ck == (ConversationKey{}) {
		return nil, ErrNoKey
	}
	size := len(payload) / 4 * 3
	for i := len(payload) - 1; i >= len(payload)-2 && payload[i] == '='; i-- {
		size--
	}
	w.size(len(payload) / 4 * 3)
	n, err := encoding.Decode(w.raw[rawAt:], payload)
	if err != nil || n != size || n < minRaw {
		return nil, ErrInvalidPayload
	}
	if w.raw[rawAt] != version2 {
		return nil, ErrUnsupportedVersion
	}
	macAt := rawAt + n - macSize
	mk := &w.keys
	mk.derive(ck, (*[32]byte)(w.raw[blockSize:]))
	mac := hmac(&mk.hmacKey, w.raw[:macAt])
	if subtle.ConstantTimeCompare(mac[:], w.raw[macAt:][:macSize]) != 1 {
		return nil, ErrInvalidMAC
	}
	padded := w.raw[ciphertextAt:macAt]
	if err := mk.xor(padded); err != nil {
		return nil, err
	}
	return unpad(padded)
}

// xor encrypts or decrypts in place. It may write over the macSize bytes that
// follow b in its memory.
func (mk *messageKeys) xor(b []byte) error {
	c, err := chacha20.NewUnauthenticatedCipher(mk.chachaKey[:], mk.chachaNonce[:])
	if err != nil {
		return err
	}
	first := b[:min(len(b), chachaBlock)]
	c.XORKeyStream(first, first)
	rest := b[len(first):]
	if len(rest) == 0 {
		return nil
	}
	if !inVectors {
		c.XORKeyStream(rest, rest)
		return nil
	}
	a, err := chacha20poly1305.New(mk.chachaKey[:])
	if err != nil {
		return err
	}
	a.Seal(rest[:0], mk.chachaNonce[:], rest, nil)
	return nil
}

const chachaBlock = 64 // bytes

// inVectors says that x/crypto has ChaCha20-Poly1305 in vector instructions here
// and ChaCha20 by itself not. The former's key stream from the second block on
// is what it encrypts with (RFC 8439 §2.8); its tag is thrown away, and still
// several times faster.
const inVectors = runtime.GOARCH == "amd64"
