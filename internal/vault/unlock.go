package vault

import (
	"crypto/subtle"
	"encoding/json"

	"github.com/privyseal/privyseal"
)

// maxTries bounds how many seals of one type are tried, since a passphrase
// costs time for each.
const maxTries = 8

// UnlockPassphrase opens the vault with a passphrase, trying each passphrase
// seal. A wrong one answers KindDenied. When the vault is unlocked already it
// only checks.
func (v *Vault) UnlockPassphrase(seals []privyseal.Seal, pass []byte) error {
	return v.unlock(v.tryPassphrase(seals, pass))
}

// UnlockKeyFile opens the vault with a key file's content.
func (v *Vault) UnlockKeyFile(seals []privyseal.Seal, key []byte) error {
	return v.unlock(tryMaterial(seals, SealKeyFile, "", key))
}

// UnlockCredential opens the vault with the content of the systemd credential
// of this name.
func (v *Vault) UnlockCredential(seals []privyseal.Seal, name string, key []byte) error {
	return v.unlock(tryMaterial(seals, SealCredential, name, key))
}

// CheckPassphrase reports whether a passphrase would open the vault, and
// changes nothing. While unlocked it must open to the key in use.
func (v *Vault) CheckPassphrase(seals []privyseal.Seal, pass []byte) error {
	root, err := v.tryPassphrase(seals, pass)
	defer clear(root[:])
	if err != nil {
		return err
	}
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.compare(&root)
}

// unlock takes over the vault key that a seal held.
func (v *Vault) unlock(root [32]byte, err error) error {
	defer clear(root[:])
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.root != nil {
		return v.compare(&root)
	}
	v.open(&root)
	return nil
}

// compare refuses another vault's key while one is in use. v.mu is held.
func (v *Vault) compare(root *[32]byte) error {
	if v.root == nil || subtle.ConstantTimeCompare(v.root.key[:], root[:]) == 1 {
		return nil
	}
	return fail(privyseal.KindConflict, "this opens another vault than the one in use", "", nil)
}

func (v *Vault) tryPassphrase(seals []privyseal.Seal, pass []byte) (root [32]byte, err error) {
	seals, err = choose(seals, SealPassphrase, "this vault has no passphrase", "unlock it with its key file, then set one with: privyseal passphrase change")
	if err != nil {
		return root, err
	}
	if len(pass) > maxPassphrase {
		return root, wrongPassphrase()
	}
	text := normalise(pass)
	defer clear(text)
	v.kdf.Lock()
	defer v.kdf.Unlock()
	defer releaseMemory()
	var broken error
	for _, s := range seals {
		params, err := parseArgon(s.Params)
		if err != nil {
			broken = err
			continue
		}
		if root, err := openRoot(s, params.derive(text)); err == nil {
			return root, nil
		}
	}
	if broken != nil && len(seals) == 1 {
		return root, broken
	}
	return root, wrongPassphrase()
}

func wrongPassphrase() error {
	return denied("wrong passphrase", "check capital letters and keyboard layout, and try again")
}

func tryMaterial(seals []privyseal.Seal, kind, name string, material []byte) (root [32]byte, err error) {
	if seals, err = choose(seals, kind, "this vault is not sealed with "+materialName(kind), "unlock with: privyseal unlock"); err != nil {
		return root, err
	}
	if err := checkMaterial(kind, material); err != nil {
		return root, err
	}
	for _, s := range seals {
		var params materialParams
		if json.Unmarshal(s.Params, &params) != nil || params.KDF != "hkdf-sha256" || params.Name != name {
			continue
		}
		if root, err := openRoot(s, params.derive(kind, material)); err == nil {
			return root, nil
		}
	}
	return root, denied(materialName(kind)+" does not open this vault", "it must be exactly the one the vault was sealed with")
}

// choose answers the seals of one type.
func choose(seals []privyseal.Seal, kind, missing, hint string) ([]privyseal.Seal, error) {
	if len(seals) == 0 {
		return nil, fail(privyseal.KindNotFound, "there is no vault yet", "make one with: privyseal init", ErrNoVault)
	}
	var chosen []privyseal.Seal
	for _, s := range seals {
		if s.Type == kind && len(chosen) < maxTries {
			chosen = append(chosen, s)
		}
	}
	if chosen == nil {
		return nil, fail(privyseal.KindNotFound, missing, hint, nil)
	}
	return chosen, nil
}
