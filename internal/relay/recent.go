package relay

import (
	"crypto/sha256"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// recent remembers keys for at least span and at most twice that, in two
// generations of at most max keys each.
type recent[K comparable] struct {
	span     time.Duration
	max      int
	now, old map[K]time.Time
	turned   time.Time
}

func newRecent[K comparable](span time.Duration, max int) *recent[K] {
	return &recent[K]{span: span, max: max, now: make(map[K]time.Time)}
}

// add remembers a key. When a generation is full before its time the oldest
// keys are forgotten early.
func (r *recent[K]) add(k K, at time.Time) {
	r.turn(at)
	if len(r.now) >= r.max {
		r.old, r.now, r.turned = r.now, make(map[K]time.Time), at
	}
	r.now[k] = at
}

// has reports whether the key was added within span.
func (r *recent[K]) has(k K, at time.Time) bool {
	r.turn(at)
	t, ok := r.now[k]
	if !ok {
		t, ok = r.old[k]
	}
	return ok && at.Sub(t) <= r.span
}

func (r *recent[K]) turn(at time.Time) {
	switch age := at.Sub(r.turned); {
	case age > 2*r.span:
		clear(r.now)
		r.old, r.turned = nil, at
	case age > r.span:
		r.old, r.now, r.turned = r.now, make(map[K]time.Time), at
	}
}

// mark names an event in the memory of duplicates. A checked event is named by
// its id; one that went to the keeper unchecked by id and signature, so that a
// copy with a bad signature never hides the good one (libs.md fault 3).
type mark [16]byte

func checkedMark(e *nostr.Event) mark { return mark(e.ID[:16]) }

func uncheckedMark(e *nostr.Event) mark {
	whole := sha256.Sum256(append(append(make([]byte, 0, 96), e.ID[:]...), e.Sig[:]...))
	return mark(whole[:16])
}
