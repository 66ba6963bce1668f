package brake

import "time"

// WarnBefore is how long before its end a dead-man timer is warned of.
const WarnBefore = 3 * 24 * time.Hour

// Due is where a dead-man timer stands.
type Due uint8

// The states of a dead-man timer.
const (
	DueNot  Due = iota // off, or there is time
	DueSoon            // within [WarnBefore], or half of a shorter timer
	DueNow             // it is over: everything stops
)

// DeadMan says where a timer of length d stands whose owner was last heard of
// at seen. Zero d is no timer; an owner never heard of is not missed.
func DeadMan(d time.Duration, seen, now time.Time) (Due, time.Time) {
	if d <= 0 || seen.IsZero() {
		return DueNot, time.Time{}
	}
	end := seen.Add(d)
	switch {
	case !now.Before(end):
		return DueNow, end
	case !now.Before(end.Add(-min(WarnBefore, d/2))):
		return DueSoon, end
	}
	return DueNot, end
}
