package relay

import (
	"net/netip"
	"sync"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// maxBuckets bounds the buckets remembered; beyond it they are all forgiven.
const maxBuckets = 200_000

// pair is one author writing to one recipient from one address. The address is
// part of it so that nobody can spend another's quota with forged events.
type pair struct {
	from       netip.Prefix
	author, to nostr.PubKey
}

// buckets are token buckets by key, each kept as one instant: when it will be
// full again (the generic cell rate algorithm).
type buckets[K comparable] struct {
	mu    sync.Mutex
	quota Quota
	full  map[K]time.Time
	swept time.Time
}

func newBuckets[K comparable](q Quota) *buckets[K] {
	return &buckets[K]{quota: q, full: make(map[K]time.Time)}
}

// take spends cost tokens of a bucket that is factor times the usual size. If
// there are too few it spends none and returns how long to wait.
func (b *buckets[K]) take(k K, cost, factor int, now time.Time) (wait time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sweep(now)
	f := float64(factor)
	each := time.Duration(float64(time.Second) / (b.quota.PerSecond * f))
	burst := each * time.Duration(b.quota.Burst*factor)
	full := b.full[k]
	if full.Before(now) {
		full = now
	}
	full = full.Add(min(each*time.Duration(cost), burst))
	if wait = full.Sub(now) - burst; wait > 0 {
		return wait
	}
	b.full[k] = full
	return 0
}

// sweep forgets full buckets every ten seconds.
func (b *buckets[K]) sweep(now time.Time) {
	if len(b.full) > maxBuckets {
		clear(b.full)
	}
	if d := now.Sub(b.swept); d >= 0 && d < 10*time.Second {
		return
	}
	b.swept = now
	for k, full := range b.full {
		if !full.After(now) {
			delete(b.full, k)
		}
	}
}
