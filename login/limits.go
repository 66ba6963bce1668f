package login

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// What one network address may try: a person's clumsiness, not a program's.
const (
	triesBurst = 30
	triesEvery = 2 * time.Second
	maxClients = 10_000 // in one of two generations
)

// limits are a bucket for each address. What was not seen for a generation
// starts anew, with a full one.
type limits struct {
	now func() time.Time
	mu  *sync.Mutex
	in  *[2]map[string]*rate.Limiter
}

func newLimits(now func() time.Time) limits {
	return limits{now, &sync.Mutex{}, &[2]map[string]*rate.Limiter{{}, {}}}
}

func (l limits) allow(client string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.in[0][client]
	if b == nil {
		if b = l.in[1][client]; b == nil {
			b = rate.NewLimiter(rate.Every(triesEvery), triesBurst)
		}
		if len(l.in[0]) >= maxClients {
			l.in[1], l.in[0] = l.in[0], map[string]*rate.Limiter{}
		}
		l.in[0][client] = b
	}
	return b.AllowN(l.now(), 1)
}
