package child

import (
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Go's runtime has a thread that looks after those which are in a system call or
// in C, every 20 µs: at some thousand requests a second that is a tenth of all
// CPU time. A look so much later does for us.
const (
	looksLate  = 4 * time.Millisecond
	timersLate = 50 * time.Microsecond // what the system takes where nobody says
	early      = 8                     // more threads than a child has when it begins
)

// easeTimers lets the timers of children that this thread starts be late, their
// runtime's own among them. With one core a look sooner is worth its price: until
// then nothing runs beside a sync of the disk.
func easeTimers() {
	if runtime.NumCPU() == 1 {
		late(looksLate / 4)
		return
	}
	late(looksLate)
}

// promptTimers, in a child, makes the timers of all its threads prompt again but
// for the runtime's own: of those there are already, each waits for the others,
// so that no two are the same; later ones are as the thread that makes them.
func promptTimers() {
	onThreads(early, func() { late(timersLate) })
	late(timersLate)
}

// onThreads runs fn on n threads at the same time.
func onThreads(n int, fn func()) {
	var here, done sync.WaitGroup
	here.Add(n)
	for range n {
		done.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			fn()
			here.Done()
			here.Wait()
		})
	}
	done.Wait()
}

// late lets this thread's timers be so late.
func late(d time.Duration) { _ = unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(d), 0, 0, 0) }
