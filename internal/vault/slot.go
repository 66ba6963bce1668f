package vault

import "sync"

// slot is 32 bytes of guarded memory for one key.
type slot struct {
	redacted
	key *[32]byte
}

// arena hands out slots from regions of guarded pages. It grows by a region at
// a time and never gives one back, since keys come and go all the time.
type arena struct {
	mu    sync.Mutex
	spare []*[32]byte
}

var guarded arena

// newSlot answers a zeroed slot.
func newSlot() *slot {
	guarded.mu.Lock()
	defer guarded.mu.Unlock()
	if len(guarded.spare) == 0 {
		for region := newRegion(); len(region) >= 32; region = region[32:] {
			guarded.spare = append(guarded.spare, (*[32]byte)(region))
		}
	}
	last := len(guarded.spare) - 1
	s := &slot{key: guarded.spare[last]}
	guarded.spare = guarded.spare[:last]
	return s
}

// free wipes the slot and gives it back. It must not be used any more.
func (s *slot) free() {
	clear(s.key[:])
	guarded.mu.Lock()
	defer guarded.mu.Unlock()
	guarded.spare = append(guarded.spare, s.key)
	s.key = nil
}
