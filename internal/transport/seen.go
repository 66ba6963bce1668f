package transport

import (
	"crypto/sha256"
	"hash/maphash"
	"sync"
	"time"
)

// seen remembers what was handed to the keeper, by the hash of the whole event
// with its signature, so that a bad copy never hides a good one (decision 4).
//
// A copy through another relay is dropped. The same relay sending an event again
// later means that an app asks again: that passes, at most every two seconds,
// and the keeper answers from its memory.
type seen struct {
	now  func() time.Time
	seed maphash.Seed // nobody outside can choose what stands in one place

	mu       sync.Mutex
	new, old generation
}

// mark is half a hash, which nobody can make two events of: these are all
// that the front remembers of each request, and 65,536 of them are its memory.
type mark [sha256.Size / 2]byte

const (
	seenEvents = 1 << 15 // in one generation
	askAgain   = 2000    // milliseconds
)

func newSeen(now func() time.Time) *seen {
	return &seen{now: now, seed: maphash.MakeSeed(), new: newGeneration(), old: newGeneration()}
}

// pass says whether an event goes to the keeper. stored says that the relay
// sent it as one it had kept, so that a repetition is no new question.
func (s *seen) pass(event []byte, relay int, stored bool) bool {
	whole := sha256.Sum256(event)
	hash := mark(whole[:len(mark{})])
	place := maphash.Bytes(s.seed, hash[:])
	bit := uint64(1) << (relay % 64)
	now := s.now().UnixMilli()
	s.mu.Lock()
	defer s.mu.Unlock()
	at, known := s.new.find(place, &hash)
	passed, relays := s.new.sighting(at)
	if !known {
		at, known = s.old.find(place, &hash)
		passed, relays = s.old.sighting(at)
	}
	pass := !known || !stored && relays&bit != 0 && now-passed >= askAgain
	if pass {
		passed = now
	}
	if s.new.events >= seenEvents {
		s.old, s.new = s.new, s.old
		s.new.forget()
	}
	s.new.put(place, &hash, passed, relays|bit)
	return pass
}
