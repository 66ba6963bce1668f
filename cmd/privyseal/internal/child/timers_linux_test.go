package child

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestTimersOfThreads: what a child's own threads wait for is prompt, however
// late its parent let them be, and as many threads are told as is said.
func TestTimersOfThreads(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	mine := func() time.Duration {
		ns, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		return time.Duration(ns)
	}
	defer late(timersLate)
	if easeTimers(); mine() != looksLate {
		t.Errorf("as a parent leaves them they may be late by %v", mine())
	}
	if promptTimers(); mine() != timersLate {
		t.Errorf("in a child they may be late by %v", mine())
	}
	var mu sync.Mutex
	told := map[int]bool{}
	onThreads(early, func() {
		mu.Lock()
		defer mu.Unlock()
		told[unix.Gettid()] = true
	})
	if len(told) != early {
		t.Errorf("%d threads were told, want %d", len(told), early)
	}
}
