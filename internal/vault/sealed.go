package vault

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/privyseal/privyseal"
)

// Sealed bytes are: format byte, nonce, ciphertext with its tag.
const (
	format     = 1
	textAt     = 1 + chacha20poly1305.NonceSizeX
	overhead   = textAt + chacha20poly1305.Overhead
	maxSealing = 64 << 20 // far beyond any fact
)

// Seal seals a fact under the vault key, bound to its purpose, id and version:
// it opens with exactly these. It answers [ErrLocked] while locked.
func (v *Vault) Seal(p Purpose, id string, version uint32, plaintext []byte) ([]byte, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.seal(p, id, version, plaintext)
}

// Open opens what [Vault.Seal] sealed. Anything changed answers [ErrDamaged].
func (v *Vault) Open(p Purpose, id string, version uint32, sealed []byte) ([]byte, error) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.unseal(p, id, version, sealed)
}

// seal is Seal with v.mu held.
func (v *Vault) seal(p Purpose, id string, version uint32, plaintext []byte) ([]byte, error) {
	if !p.known() || len(plaintext) > maxSealing {
		return nil, fail(privyseal.KindInternal, "nothing is sealed without a purpose, or beyond 64 MiB", "", nil)
	}
	if v.root == nil {
		return nil, locked()
	}
	out := make([]byte, textAt, overhead+len(plaintext))
	if err := v.random(out[1:]); err != nil {
		return nil, err
	}
	bound, err := binding(p, id, version), error(nil)
	erasing(func() { err = sealWith(v.subkeys[p].key[:], &out, bound, plaintext) })
	return out, err
}

// unseal is Open with v.mu held.
func (v *Vault) unseal(p Purpose, id string, version uint32, sealed []byte) ([]byte, error) {
	if v.root == nil {
		return nil, locked()
	}
	if !p.known() || len(sealed) < overhead || len(sealed) > overhead+maxSealing {
		return nil, damaged()
	}
	plaintext := make([]byte, 0, len(sealed)-overhead)
	bound, err := binding(p, id, version), error(nil)
	erasing(func() { err = openWith(v.subkeys[p].key[:], &plaintext, bound, sealed) })
	return plaintext, err
}

// subkey derives a purpose's own key from the vault key (RFC 5869) into a slot.
func subkey(root *[32]byte, p Purpose) *slot {
	s := newSlot()
	erasing(func() {
		key, err := hkdf.Key(sha256.New, root[:], nil, "privyseal vault 1 "+p.String(), len(s.key))
		if err != nil {
			panic("vault: HKDF refused fixed lengths")
		}
		copy(s.key[:], key)
		clear(key)
	})
	return s
}

// binding is the associated data: every part of fixed length or prefixed by it.
func binding(p Purpose, id string, version uint32) []byte {
	name := p.String()
	b := make([]byte, 0, 2+len(name)+4+len(id))
	b = append(append(b, format, byte(len(name))), name...)
	b = binary.BigEndian.AppendUint32(b, version)
	return append(b, id...)
}

// sealWith appends to out, which has the room and holds the nonce.
func sealWith(key []byte, out *[]byte, bound, plaintext []byte) error {
	aead, err := newAEAD(key)
	if err != nil {
		return err
	}
	b := *out
	b[0] = format
	*out = aead.Seal(b, b[1:textAt], plaintext, bound)
	return nil
}

// openWith appends to out, which has the room.
func openWith(key []byte, out *[]byte, bound, sealed []byte) error {
	if len(sealed) < overhead || sealed[0] != format {
		return damaged()
	}
	aead, err := newAEAD(key)
	if err != nil {
		return err
	}
	plaintext, err := aead.Open(*out, sealed[1:textAt], sealed[textAt:], bound)
	if err != nil {
		return damaged()
	}
	*out = plaintext
	return nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, internal(err)
	}
	return aead, nil
}
