package keeper

import (
	"hash/maphash"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A stranger's event costs one token before any curve operation, per relay and
// in all (design decision 3).
const (
	strangerRate  = 20
	strangerBurst = 60
	maxBuckets    = 256

	freeCopies = 4
	maxCopies  = 1 << 13 // in one of two generations
)

type strangers struct {
	mu     sync.Mutex
	all    *rate.Limiter
	relays map[string]*rate.Limiter

	seed           maphash.Seed
	copies, before map[uint64]int // events by the hash of their content
}

func newStrangers() *strangers {
	return &strangers{all: rate.NewLimiter(strangerRate, strangerBurst), relays: map[string]*rate.Limiter{}, seed: maphash.MakeSeed(), copies: map[uint64]int{}, before: map[uint64]int{}}
}

// admit spends a stranger's token.
func (s *strangers) admit(relay string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bucket(relay).AllowN(now, 1) && s.all.AllowN(now, 1)
}

// worthChecking says whether one more event with this ciphertext has its
// signature checked. An app seals each request anew, so that one ciphertext in
// many events is somebody else's flood of copies (T6): beyond the first few they
// cost tokens that the relay they came by has for this alone. Its MAC was checked:
// only the app itself makes ciphertexts, and what has a hash in common only it
// could lose.
func (s *strangers) worthChecking(relay, content string, now time.Time) bool {
	sum := maphash.String(s.seed, content)
	s.mu.Lock()
	defer s.mu.Unlock()
	n := max(s.copies[sum], s.before[sum]) + 1
	if len(s.copies) >= maxCopies {
		s.before, s.copies = s.copies, s.before
		clear(s.copies) // its memory serves again
	}
	s.copies[sum] = n
	return n <= freeCopies || s.bucket("copies by "+relay).AllowN(now, 1)
}

// bucket holds a relay's tokens. The mutex is held.
func (s *strangers) bucket(name string) *rate.Limiter {
	l := s.relays[name]
	if l == nil {
		if len(s.relays) >= maxBuckets {
			clear(s.relays)
		}
		l = rate.NewLimiter(strangerRate, strangerBurst)
		s.relays[name] = l
	}
	return l
}
