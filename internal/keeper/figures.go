package keeper

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// latencyBounds are the upper ends of what answers are sorted into, in seconds:
// machine times below one, people's above.
var latencyBounds = []float64{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30, 120}

// latency counts how long answers took. The zero value is ready.
type latency struct {
	mu     sync.Mutex
	counts [15]uint64 // by bound, the last one without
	sum    float64
}

// add counts an answer. A clock that was set back counts as no time.
func (l *latency) add(took time.Duration) {
	s := max(took.Seconds(), 0)
	i, _ := slices.BinarySearch(latencyBounds, s) // a bound belongs to its bucket
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts[i]++
	l.sum += s
}

func (l *latency) info() control.Latency {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := control.Latency{Bounds: latencyBounds, Sum: l.sum}
	for _, n := range l.counts {
		out.Count += n
		if len(out.Within) < len(latencyBounds) {
			out.Within = append(out.Within, out.Count)
		}
	}
	return out
}

// chainInfo is the end of the record.
func (k *Keeper) chainInfo(ctx context.Context) (info control.ChainInfo) {
	_ = k.store.View(ctx, func(r store.Reader) error {
		head, err := r.Head()
		if err != nil {
			return err
		}
		recs, err := r.Records(store.RecordQuery{Limit: 1})
		info.Records = head.Seq
		if len(recs) > 0 {
			info.Last = recs[0].Time
		}
		return err
	})
	return info
}

// alive answers when the signer really works: its housekeeping takes a turn, the
// store reads and can write, and the front hears of a key and says that it
// listens for it. Nothing of it depends on another machine.
func (k *Keeper) alive(ctx context.Context, _ none) (control.Alive, error) {
	dead := func(part string) (control.Alive, error) {
		return control.Alive{}, privyseal.E(privyseal.KindBusy, part+" does not answer", "start the signer anew")
	}
	if err := k.store.View(ctx, func(r store.Reader) error { _, err := r.Head(); return err }); err != nil {
		return dead("the store")
	}
	select {
	case k.pulse <- struct{}{}: // taken by the housekeeping
	case <-ctx.Done():
		return dead("the keeper")
	}
	if !k.seamAlive(ctx) {
		return dead("the front")
	}
	return control.Alive{At: k.now()}, nil
}

// seamAlive has the front listen on the own relay for a key of a moment.
func (k *Keeper) seamAlive(ctx context.Context) bool {
	own := slices.IndexFunc(k.ears.configured(), func(r Relay) bool { return r.Own })
	if own < 0 {
		return k.seam.Load() != nil
	}
	relay := k.ears.configured()[own].URL
	sk, err := nostr.GenerateSecretKey()
	if err != nil {
		return false
	}
	key, err := sk.PublicKey()
	sk.Wipe()
	if err != nil {
		return false
	}
	_ = k.probes.expect(key)
	defer k.probes.forget(key)
	k.ears.wants(relay, []nostr.PubKey{key})
	defer func() {
		k.ears.drop(relay, key)
		_ = k.send(&control.Listen{Relay: relay, Remove: []nostr.PubKey{key}})
	}()
	live, stop := k.ears.awaitLive(relay, key)
	defer stop()
	if k.send(&control.Listen{Relay: relay, Add: []nostr.PubKey{key}, Typed: true}) != nil {
		return false
	}
	select {
	case <-live:
		return true
	case <-ctx.Done():
		return false
	}
}
