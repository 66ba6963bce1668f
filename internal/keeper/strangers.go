package keeper

import (
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
)

type strangers struct {
	mu     sync.Mutex
	all    *rate.Limiter
	relays map[string]*rate.Limiter
}

func newStrangers() *strangers {
	return &strangers{all: rate.NewLimiter(strangerRate, strangerBurst), relays: map[string]*rate.Limiter{}}
}

func (s *strangers) admit(relay string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.relays[relay]
	if l == nil {
		if len(s.relays) >= maxBuckets {
			clear(s.relays)
		}
		l = rate.NewLimiter(strangerRate, strangerBurst)
		s.relays[relay] = l
	}
	return l.AllowN(now, 1) && s.all.AllowN(now, 1)
}
