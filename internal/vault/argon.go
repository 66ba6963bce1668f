package vault

import (
	"encoding/json"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/privyseal/privyseal"
)

// The floor of argon2id's cost (RFC 9106, second recommended option), and what
// is accepted at most: whoever wrote the database chose it.
const (
	minMemory  = 64 << 10 // KiB
	minTime    = 3
	lanes      = 4
	maxMemory  = 1 << 20 // KiB
	maxTime    = 64
	maxLanes   = 16
	saltLength = 16
)

// cost is this machine's price of a guess: the memory is fixed, the passes grow
// until one derivation takes at least so long.
type cost struct {
	least  time.Duration
	memory uint32 // KiB
	time   uint32 // passes
}

// argonParams is a passphrase seal's Params.
type argonParams struct {
	KDF    string `json:"kdf"` // "argon2id"
	Salt   []byte `json:"salt"`
	Time   uint32 `json:"time"`   // passes
	Memory uint32 `json:"memory"` // KiB
	Lanes  uint8  `json:"lanes"`
}

// parseArgon reads a seal's parameters and refuses what could hang the signer.
func parseArgon(b []byte) (p argonParams, err error) {
	if json.Unmarshal(b, &p) != nil || p.KDF != "argon2id" || len(p.Salt) < 8 || len(p.Salt) > 64 {
		return p, damaged()
	}
	if p.Time < 1 || p.Time > maxTime || p.Memory < 8*uint32(p.Lanes) || p.Memory > maxMemory || p.Lanes < 1 || p.Lanes > maxLanes {
		return p, fail(privyseal.KindInvalid, "a passphrase seal asks for more time or memory than any real one",
			"restore a backup with: privyseal restore FILE", ErrDamaged)
	}
	return p, nil
}

func (p argonParams) derive(text []byte) []byte {
	return argon2.IDKey(text, p.Salt, p.Time, p.Memory, p.Lanes, 32)
}

// deriveFresh derives a key under a fresh salt, at a cost measured on the way.
// v.kdf is held.
func (v *Vault) deriveFresh(text []byte) (key []byte, p argonParams, err error) {
	p = argonParams{KDF: "argon2id", Salt: make([]byte, saltLength), Memory: v.cost.memory, Lanes: lanes}
	if err := v.random(p.Salt); err != nil {
		return nil, p, err
	}
	for {
		p.Time = v.cost.time
		start := time.Now()
		key = p.derive(text)
		took := time.Since(start)
		if took >= v.cost.least || p.Time >= maxTime {
			return key, p, nil
		}
		clear(key)
		v.cost.time = nextTime(p.Time, took, v.cost.least)
	}
}

// nextTime is how many passes should take a tenth longer than least.
func nextTime(passes uint32, took, least time.Duration) uint32 {
	wanted := float64(passes) * 1.1 * float64(least) / float64(max(took, time.Microsecond))
	return uint32(min(maxTime, max(float64(passes+1), wanted)))
}
