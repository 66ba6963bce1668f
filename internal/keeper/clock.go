package keeper

import (
	"fmt"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// What a clock may be off until a person is told (T61). Nothing locks: machines
// without a clock of their own jump by decades when they start.
const (
	clockOff  = 30 * time.Second
	stampsFor = time.Hour // for which the stamps of an app's requests are compared
	jumpShown = 24 * time.Hour
)

// clockWatch compares this computer's clock with the stamps of apps' requests,
// and notes when it was set. The zero value is ready.
type clockWatch struct {
	mu     sync.Mutex
	apps   map[string]stampOff
	jump   time.Duration
	jumped time.Time
}

// stampOff is how far an app's newest stamp was from the time it came. A request
// that was held or replayed is only ever older.
type stampOff struct {
	most  time.Duration
	since time.Time
}

// heard notes the stamp of an app's request.
func (c *clockWatch) heard(app string, stamp int64, now time.Time) {
	off := time.Unix(stamp, 0).Sub(now)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.apps == nil {
		c.apps = map[string]stampOff{}
	}
	if s, ok := c.apps[app]; ok && s.most >= off && now.Sub(s.since) < stampsFor {
		return
	}
	c.apps[app] = stampOff{off, now}
}

func (c *clockWatch) forget(app string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.apps, app)
}

// set notes that the clock was set, or that the machine slept: then it is
// ahead, which is as it should be.
func (c *clockWatch) set(by time.Duration, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if by < -clockOff {
		c.jump, c.jumped = by, now
	}
}

// findings is what a check-up says of the clock; nothing when all is well.
func (c *clockWatch) findings(now time.Time) (out []control.Finding) {
	const check, fix = "clock", "set this computer's clock, best by NTP"
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.jump != 0 && now.Sub(c.jumped) < jumpShown {
		out = append(out, control.Finding{Check: check, State: "warning", Fix: fix,
			Text: fmt.Sprintf("it was set back by %v at %s", -c.jump.Round(time.Second), c.jumped.UTC().Format(time.RFC3339))})
	}
	ahead, behind, all := 0, 0, 0
	for _, s := range c.apps {
		switch {
		case now.Sub(s.since) >= 2*stampsFor:
			continue
		case s.most > clockOff:
			ahead++
		case s.most < -clockOff:
			behind++
		}
		all++
	}
	says := func(n int, where string) {
		if n > 0 && 2*n >= all {
			out = append(out, control.Finding{Check: check, State: "warning", Fix: fix,
				Text: fmt.Sprintf("%d of the %d apps that were heard lately stamp their requests more than %v %s this computer's time", n, all, clockOff, where)})
		}
	}
	says(ahead, "ahead of")
	says(behind, "behind")
	return out
}
