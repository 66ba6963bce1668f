package child

import (
	"time"

	"golang.org/x/sys/unix"
)

// timersLate is how late the timers of children may be. Go's runtime looks after
// threads that are in a system call or in C, every 20 µs; a look so much later
// does for us, and at some thousand requests a second the looks would cost a
// tenth of all CPU time.
const timersLate = 1000 * time.Microsecond

// easeTimers lets the timers of children that this thread starts be late.
func easeTimers() { _ = unix.Prctl(unix.PR_SET_TIMERSLACK, uintptr(timersLate), 0, 0, 0) }
