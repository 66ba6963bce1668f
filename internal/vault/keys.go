package vault

import (
	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip49"
)

// keyVersion is the version a sealed secret key is bound to: 32 bytes.
const keyVersion = 1

// NewUserKey draws a person's key and answers its public half and the sealed
// secret. A key in memory under the same identity is forgotten.
func (v *Vault) NewUserKey(identity string) (nostr.PubKey, []byte, error) {
	pub, sealed, err := v.newKey(PurposeUserKey, identity)
	if err == nil {
		v.ForgetUserKey(identity)
	}
	return pub, sealed, err
}

// ImportUserKey is [Vault.NewUserKey] with a key from elsewhere. It wipes sk,
// whatever happens.
func (v *Vault) ImportUserKey(identity string, sk *nostr.SecretKey) (nostr.PubKey, []byte, error) {
	defer clear(sk[:])
	pub, sealed, err := v.sealKey(PurposeUserKey, identity, (*[32]byte)(sk))
	if err == nil {
		v.ForgetUserKey(identity)
	}
	return pub, sealed, err
}

// UserKey opens a person's key. It answers [ErrLocked] while locked. The key is
// kept in memory until Lock or [Vault.ForgetUserKey], after which a Key handed
// out before is of no more use. Its signatures are checked before they leave.
func (v *Vault) UserKey(identity string, sealed []byte) (Key, error) {
	v.mu.RLock()
	k := v.users[identity]
	v.mu.RUnlock()
	if k != nil {
		return k, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.load(v.users, v.userCache, PurposeUserKey, identity, sealed)
}

// ForgetUserKey wipes a person's key and its conversation keys from memory.
func (v *Vault) ForgetUserKey(identity string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	forget(v.users, identity)
}

// ExportUserKey answers a person's key under a password (NIP-49); logN is
// scrypt's cost, 0 the usual one. Who may have it is for the caller to check.
func (v *Vault) ExportUserKey(identity string, sealed []byte, password string, logN int) (string, error) {
	if password == "" {
		return "", invalid("an exported key needs a password", "")
	}
	secret, err := v.Open(PurposeUserKey, identity, keyVersion, sealed)
	if err != nil {
		return "", err
	}
	defer clear(secret)
	if len(secret) != 32 {
		return "", damaged()
	}
	var text string
	erasing(func() { text, err = nip49.Encrypt((*nostr.SecretKey)(secret), password, logN) })
	releaseMemory()
	if err != nil {
		return "", fail(privyseal.KindInvalid, "the key could not be exported at this cost", "use a cost (log_n) of 16 to 20", err)
	}
	return text, nil
}

// NewSignerKey draws an app's own remote-signer key, or the signer's
// announcement key under the id "announce".
func (v *Vault) NewSignerKey(id string) (nostr.PubKey, []byte, error) {
	pub, sealed, err := v.newKey(PurposeSignerKey, id)
	if err == nil {
		v.ForgetSignerKey(id)
	}
	return pub, sealed, err
}

// SignerKey opens a remote-signer key. Once in memory, or held, it is answered,
// and can be used, while the vault is locked too.
func (v *Vault) SignerKey(id string, sealed []byte) (Key, error) {
	v.mu.RLock()
	k := v.signers[id]
	v.mu.RUnlock()
	if k != nil {
		return k, nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.load(v.signers, v.signerCache, PurposeSignerKey, id, sealed)
}

// HoldSignerKey unseals a remote-signer key that is not in memory, so that it
// can be used while the vault is locked too. Until then it is no more than its
// secret: of 100,000 most are never used before the vault is open again, when
// what is held is wiped.
func (v *Vault) HoldSignerKey(id string, sealed []byte) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.signers[id] != nil || v.held[id] != nil {
		return nil
	}
	secret, err := v.unseal(PurposeSignerKey, id, keyVersion, sealed)
	if err != nil {
		return err
	}
	if len(secret) != 32 {
		clear(secret)
		return damaged()
	}
	v.held[id] = (*[32]byte)(secret)
	return nil
}

// ForgetSignerKey wipes a remote-signer key and its conversation keys from
// memory.
func (v *Vault) ForgetSignerKey(id string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.drop(id)
	forget(v.signers, id)
}

// drop wipes a secret that is held. v.mu is held for writing.
func (v *Vault) drop(id string) {
	if secret := v.held[id]; secret != nil {
		clear(secret[:])
		delete(v.held, id)
	}
}

// letGo wipes all that are held. v.mu is held for writing.
func (v *Vault) letGo() {
	for _, secret := range v.held {
		clear(secret[:])
	}
	v.held = make(map[string]*[32]byte)
}

func forget(keys map[string]*localKey, id string) {
	if k := keys[id]; k != nil {
		k.end(forgotten)
		k.cache.drop(k)
		delete(keys, id)
	}
}

// load opens a key and keeps it. v.mu is held for writing.
func (v *Vault) load(keys map[string]*localKey, cache *conversations, p Purpose, id string, sealed []byte) (Key, error) {
	if k := keys[id]; k != nil {
		return k, nil
	}
	if p == PurposeSignerKey && v.held[id] != nil {
		defer v.drop(id)
		return keep(keys, id, v.held[id], cache, false)
	}
	secret, err := v.unseal(p, id, keyVersion, sealed)
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	if len(secret) != 32 {
		return nil, damaged()
	}
	return keep(keys, id, (*[32]byte)(secret), cache, p == PurposeUserKey)
}

// keep parses the secret, which the caller wipes, and keeps the key.
func keep(keys map[string]*localKey, id string, secret *[32]byte, cache *conversations, checked bool) (Key, error) {
	k, err := newLocalKey(secret, cache, checked)
	if err != nil {
		return nil, err
	}
	keys[id] = k
	return k, nil
}

func (v *Vault) newKey(p Purpose, id string) (nostr.PubKey, []byte, error) {
	var secret [32]byte
	defer clear(secret[:])
	if err := v.random(secret[:]); err != nil {
		return nostr.PubKey{}, nil, err
	}
	// One draw in 2^128 is no valid secret: it is an error, not a loop.
	return v.sealKey(p, id, &secret)
}

func (v *Vault) sealKey(p Purpose, id string, secret *[32]byte) (nostr.PubKey, []byte, error) {
	k, err := newLocalKey(secret, v.signerCache, false)
	if err != nil {
		return nostr.PubKey{}, nil, err
	}
	defer k.pair.Wipe()
	sealed, err := v.Seal(p, id, keyVersion, secret[:])
	if err != nil {
		return nostr.PubKey{}, nil, err
	}
	return k.pub, sealed, nil
}
