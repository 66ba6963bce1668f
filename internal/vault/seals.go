package vault

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/privyseal/privyseal"
)

// The types of a [privyseal.Seal].
const (
	SealPassphrase = "passphrase"
	SealKeyFile    = "keyfile"
	SealCredential = "credential"
)

// Key files and credentials hold between 32 bytes and 1 MiB of key material.
const (
	MinKeyMaterial = 32
	maxKeyMaterial = 1 << 20
)

// SealWithPassphrase seals the vault key under a passphrase (argon2id), in NFKC.
// The cost is measured on this machine the first time. A weak passphrase is
// refused, see [CheckStrength].
func (v *Vault) SealWithPassphrase(pass []byte) (privyseal.Seal, error) {
	if err := CheckStrength(pass); err != nil {
		return privyseal.Seal{}, err
	}
	if v.Locked() {
		return privyseal.Seal{}, locked()
	}
	text := normalise(pass)
	defer clear(text)
	v.kdf.Lock()
	defer v.kdf.Unlock()
	defer releaseMemory()
	key, params, err := v.deriveFresh(text)
	if err != nil {
		return privyseal.Seal{}, err
	}
	return v.sealRoot(SealPassphrase, params, key)
}

// SealWithKeyFile seals the vault key under a key file's content, at least
// [MinKeyMaterial] bytes, taken exactly as it is.
func (v *Vault) SealWithKeyFile(key []byte) (privyseal.Seal, error) {
	return v.sealWithMaterial(SealKeyFile, "", key)
}

// SealWithCredential seals the vault key under the content of the systemd
// credential of this name.
func (v *Vault) SealWithCredential(name string, key []byte) (privyseal.Seal, error) {
	if name == "" {
		return privyseal.Seal{}, invalid("the credential has no name", "")
	}
	return v.sealWithMaterial(SealCredential, name, key)
}

func (v *Vault) sealWithMaterial(kind, name string, material []byte) (privyseal.Seal, error) {
	if err := checkMaterial(kind, material); err != nil {
		return privyseal.Seal{}, err
	}
	params := materialParams{KDF: "hkdf-sha256", Salt: make([]byte, saltLength), Name: name}
	if err := v.random(params.Salt); err != nil {
		return privyseal.Seal{}, err
	}
	return v.sealRoot(kind, params, params.derive(kind, material))
}

// sealRoot seals the vault key with key, which it wipes.
func (v *Vault) sealRoot(kind string, params any, key []byte) (s privyseal.Seal, err error) {
	defer clear(key)
	var id [8]byte
	if err := v.random(id[:]); err != nil {
		return s, err
	}
	s = privyseal.Seal{ID: hex.EncodeToString(id[:]), Type: kind, Created: v.now()}
	if s.Params, err = json.Marshal(params); err != nil {
		return privyseal.Seal{}, internal(err)
	}
	out := make([]byte, textAt, overhead+32)
	if err := v.random(out[1:]); err != nil {
		return privyseal.Seal{}, err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	if v.root == nil {
		return privyseal.Seal{}, locked()
	}
	erasing(func() { err = sealWith(key, &out, sealBinding(s), v.root.key[:]) })
	if err != nil {
		return privyseal.Seal{}, err
	}
	s.Sealed = out
	return s, nil
}

// openRoot opens a seal's vault key with key, which it wipes.
func openRoot(s privyseal.Seal, key []byte) (root [32]byte, err error) {
	defer clear(key)
	if len(s.Sealed) != overhead+32 {
		return root, damaged()
	}
	plaintext := make([]byte, 0, 32)
	erasing(func() { err = openWith(key, &plaintext, sealBinding(s), s.Sealed) })
	defer clear(plaintext)
	if err == nil {
		root = [32]byte(plaintext)
	}
	return root, err
}

// sealBinding is a seal's associated data: type and parameters.
func sealBinding(s privyseal.Seal) []byte {
	b := binary.BigEndian.AppendUint16([]byte("privyseal seal 1 "), uint16(len(s.Type)))
	return append(append(b, s.Type...), s.Params...)
}

// materialParams is a key file's or credential's Params.
type materialParams struct {
	KDF  string `json:"kdf"` // "hkdf-sha256"
	Salt []byte `json:"salt"`
	Name string `json:"name,omitempty"` // of a credential
}

func (p materialParams) derive(kind string, material []byte) (key []byte) {
	var err error
	erasing(func() {
		key, err = hkdf.Key(sha256.New, material, p.Salt, "privyseal seal 1 "+kind+" "+p.Name, chacha20poly1305.KeySize)
	})
	if err != nil {
		panic("vault: HKDF refused fixed lengths")
	}
	return key
}

// materialName is what a person calls a type's key material.
func materialName(kind string) string {
	if kind == SealCredential {
		return "the systemd credential"
	}
	return "the key file"
}

// checkMaterial refuses what is no key material.
func checkMaterial(kind string, material []byte) error {
	name := materialName(kind)
	const hint = "make one with: head -c 64 /dev/urandom > FILE"
	switch {
	case len(material) < MinKeyMaterial:
		return invalid(name+" is too short: it needs at least 32 bytes", hint)
	case len(material) > maxKeyMaterial:
		return invalid(name+" is longer than 1 MiB", hint)
	}
	for _, b := range material {
		if b != material[0] {
			return nil
		}
	}
	return invalid(name+" holds the same byte over and over", hint)
}
