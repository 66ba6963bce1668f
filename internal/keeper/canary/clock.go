package canary

import "time"

// jumpLimit is how far the wall clock may run from the monotonic one, or a tick
// from its time, before the machine slept or its clock was set.
const jumpLimit = 5 * time.Second

// clock notices sleep and clock jumps between two looks at it.
type clock struct{ last time.Time }

func newClock(now time.Time) *clock { return &clock{last: now} }

// jump is how far the wall clock moved beyond what a tick takes; zero when it
// did not. A suspended machine's monotonic clock stands still, so its wall
// clock has jumped ahead when it wakes.
func (c *clock) jump(now time.Time) time.Duration {
	wall := now.Round(0).Sub(c.last.Round(0))
	steady := now.Sub(c.last) // monotonic where both have a reading
	c.last = now
	if off := wall - steady; off > jumpLimit || off < -jumpLimit {
		return off
	}
	if steady > jumpLimit+time.Second || steady < -jumpLimit { // stopped, or a clock without a monotonic reading
		return steady
	}
	return 0
}
