package transport

import (
	"crypto/sha256"
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
	now func() time.Time

	mu       sync.Mutex
	new, old map[mark]sighting
}

// mark is half a hash, which nobody can make two events of: these are all
// that the front remembers of each request, and 65,536 of them are its memory.
type mark [sha256.Size / 2]byte

type sighting struct {
	passed int64  // Unix milliseconds
	relays uint64 // a bit for each relay, modulo 64
}

const (
	seenEvents = 1 << 15 // in one generation
	askAgain   = 2000    // milliseconds
)

func newSeen(now func() time.Time) *seen {
	return &seen{now: now, new: map[mark]sighting{}}
}

// pass says whether an event goes to the keeper. stored says that the relay
// sent it as one it had kept, so that a repetition is no new question.
func (s *seen) pass(event []byte, relay int, stored bool) bool {
	whole := sha256.Sum256(event)
	hash := mark(whole[:len(mark{})])
	bit := uint64(1) << (relay % 64)
	now := s.now().UnixMilli()
	s.mu.Lock()
	defer s.mu.Unlock()
	was, known := s.new[hash]
	if !known {
		was, known = s.old[hash]
	}
	pass := !known || !stored && was.relays&bit != 0 && now-was.passed >= askAgain
	if pass {
		was.passed = now
	}
	was.relays |= bit
	if len(s.new) >= seenEvents {
		s.old, s.new = s.new, s.old
		if s.new == nil {
			s.new = make(map[mark]sighting, seenEvents)
		}
		clear(s.new) // its memory serves again, and no garbage of that size gathers
	}
	s.new[hash] = was
	return pass
}
