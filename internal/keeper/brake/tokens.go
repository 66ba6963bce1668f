package brake

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is tokens by the second, and how many may be saved up.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Tokens are buckets by key (a client, an app, a relay). At most twice Max keys
// are remembered; of the others the least lately used are forgotten, and start
// with a full bucket again. The zero Rate lets nothing through.
type Tokens struct {
	mu           sync.Mutex
	rate         Rate
	max          int
	young, older map[string]*rate.Limiter
}

// NewTokens makes buckets of one rate for about max keys.
func NewTokens(r Rate, max int) *Tokens {
	return &Tokens{rate: r, max: max, young: map[string]*rate.Limiter{}}
}

// Set changes the rate of all buckets.
func (t *Tokens) Set(r Rate, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rate = r
	for _, m := range []map[string]*rate.Limiter{t.young, t.older} {
		for _, l := range m {
			l.SetLimitAt(now, rate.Limit(r.PerSecond))
			l.SetBurstAt(now, r.Burst)
		}
	}
}

// Take spends a token of this key and reports whether there was one.
func (t *Tokens) Take(key string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.bucket(key).AllowN(now, 1)
}

// Left reports whether this key has a token, without spending it.
func (t *Tokens) Left(key string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.young[key]
	if l == nil {
		l = t.older[key]
	}
	if l == nil { // nobody took one
		return t.rate.Burst >= 1
	}
	return l.TokensAt(now) > 1-float64(l.Limit())*1e-9 // Take gives what a nanosecond would bring
}

// Each walks the keys that are remembered.
func (t *Tokens) Each(fn func(key string)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range []map[string]*rate.Limiter{t.young, t.older} {
		for key := range m {
			fn(key)
		}
	}
}

// Clear fills the bucket of this key.
func (t *Tokens) Clear(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.young, key)
	delete(t.older, key)
}

// bucket finds or makes the key's bucket. The mutex is held.
func (t *Tokens) bucket(key string) *rate.Limiter {
	if l := t.young[key]; l != nil {
		return l
	}
	l := t.older[key]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(t.rate.PerSecond), t.rate.Burst)
	}
	if len(t.young) >= t.max {
		t.older, t.young = t.young, map[string]*rate.Limiter{}
	}
	delete(t.older, key)
	t.young[key] = l
	return l
}
