package vault

import (
	"crypto/rand"
	"io"
	"sync"
	"time"
)

// Options are what a vault needs from outside. The zero value is good.
type Options struct {
	Rand         io.Reader        // nil: crypto/rand
	Now          func() time.Time // nil: time.Now; for the creation times of seals
	MinCost      time.Duration    // least time a passphrase guess takes; 0: 300 ms
	Memory       uint32           // argon2 memory in KiB; 0: 64 MiB; only tests go lower
	KeyCacheSize int              // conversation keys per cache generation; 0: 2048
}

// Vault holds the secrets. It is safe for concurrent use and never prints
// itself.
type Vault struct {
	redacted
	rand io.Reader
	now  func() time.Time

	kdf  sync.Mutex // one passphrase derivation at a time: each takes much memory
	cost cost

	mu      sync.RWMutex
	root    *slot                     // the vault key; nil while locked
	subkeys [PurposeNotices + 1]*slot // by purpose; nil while locked
	had     bool                      // whether there ever was a vault key
	users   map[string]*localKey
	signers map[string]*localKey
	held    map[string]*[32]byte // secrets of signers that were not used yet, see HoldSignerKey

	userCache   *conversations // of user keys with third parties
	signerCache *conversations // of remote-signer keys: the envelopes
}

// New makes a vault that is locked and has no key.
func New(o Options) *Vault {
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MinCost <= 0 {
		o.MinCost = 300 * time.Millisecond
	}
	if o.Memory == 0 {
		o.Memory = minMemory
	}
	if o.KeyCacheSize <= 0 {
		o.KeyCacheSize = 2048
	}
	return &Vault{
		rand:        o.Rand,
		now:         o.Now,
		cost:        cost{least: o.MinCost, memory: o.Memory, time: minTime},
		users:       make(map[string]*localKey),
		signers:     make(map[string]*localKey),
		held:        make(map[string]*[32]byte),
		userCache:   newConversations(o.KeyCacheSize),
		signerCache: newConversations(o.KeyCacheSize),
	}
}

// Create draws a fresh vault key and leaves the vault unlocked. The key is lost
// unless it is sealed before the vault is locked. A vault that has a key, locked
// or not, answers [ErrExists].
func (v *Vault) Create() error {
	var key [32]byte
	defer clear(key[:])
	if err := v.random(key[:]); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.had {
		return exists()
	}
	v.open(&key)
	return nil
}

// open takes over a copy of the vault key. v.mu is held.
func (v *Vault) open(key *[32]byte) {
	v.root = newSlot()
	*v.root.key = *key
	for p := PurposeUnknown + 1; p.known(); p++ {
		v.subkeys[p] = subkey(key, p)
	}
	v.had = true
	v.letGo() // from here on they are opened when they are needed
}

// Locked reports whether the vault key is out of memory.
func (v *Vault) Locked() bool {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.root == nil
}

// Lock wipes the vault key, the user keys and their conversation keys, and
// waits for uses under way. Remote-signer keys in memory, and those held, stay
// usable.
func (v *Vault) Lock() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.root != nil {
		v.root.free()
		v.root = nil
		for p := PurposeUnknown + 1; p.known(); p++ {
			v.subkeys[p].free()
			v.subkeys[p] = nil
		}
	}
	for _, k := range v.users {
		k.end(locked)
	}
	clear(v.users)
	v.userCache.wipe()
}

// Close wipes everything, remote-signer keys too. Keys in the hands of callers
// answer [ErrForgotten] or [ErrLocked] from then on.
func (v *Vault) Close() {
	v.Lock()
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, k := range v.signers {
		k.end(forgotten)
	}
	clear(v.signers)
	v.letGo()
	v.signerCache.wipe()
}

func (v *Vault) random(b []byte) error {
	if _, err := io.ReadFull(v.rand, b); err != nil {
		return internal(err)
	}
	return nil
}
