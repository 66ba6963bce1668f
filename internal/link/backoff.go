package link

import (
	"math/rand/v2"
	"time"
)

// backoff gives growing pauses between attempts, each drawn between half and
// the whole of its step, so that many clients do not come back at once.
type backoff struct {
	first, most time.Duration
	step        time.Duration
}

func (b *backoff) next() time.Duration {
	switch {
	case b.step == 0:
		b.step = b.first
	case b.step < b.most:
		b.step = min(2*b.step, b.most)
	}
	return b.step/2 + rand.N(b.step/2+1)
}

func (b *backoff) reset() { b.step = 0 }
