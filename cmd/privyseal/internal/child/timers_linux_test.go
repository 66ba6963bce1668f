package child

import (
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestTimersOfThreads: what a child's own threads wait for is prompt, however
// late its parent let them be.
func TestTimersOfThreads(t *testing.T) {
	onThreads(early, easeTimers) // as a parent leaves them
	promptTimers()
	onThreads(early, func() {
		ns, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
		if got := time.Duration(ns); err != nil || got != timersLate {
			t.Errorf("a thread's timers may be late by %v (%v), want %v", got, err, timersLate)
		}
	})
}
