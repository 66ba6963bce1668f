package link

import (
	"math/rand/v2"
	"time"
)

// A relay that restarts is back within a minute or two, and people wait for it:
// pauses stay short for so long, and grow only then.
const (
	shortMost = 1200 * time.Millisecond
	shortFor  = 2 * time.Minute
)

// backoff gives growing pauses between attempts, each drawn between half and
// the whole of its step, so that many clients do not come back at once.
type backoff struct {
	first, most time.Duration
	step        time.Duration
	waited      time.Duration // in all
}

func (b *backoff) next() time.Duration {
	most := b.most
	if b.waited < shortFor {
		most = shortMost
	}
	switch {
	case b.step == 0:
		b.step = b.first
	case b.step < most:
		b.step = min(2*b.step, most)
	}
	pause := b.step/2 + rand.N(b.step/2+1)
	b.waited += pause
	return pause
}

// unwelcome has the pauses grow from now on: the relay said that we come too
// often, or that it does not want us.
func (b *backoff) unwelcome() { b.waited = max(b.waited, shortFor) }

func (b *backoff) reset() { b.step, b.waited = 0, 0 }
