package access

import (
	"fmt"
	"sync"
	"time"
)

// How often a passphrase may be wrong: freely a few times, then with waits that
// double.
const (
	freeTries = 5
	firstWait = 10 * time.Second
	lastWait  = time.Hour
)

// attempts counts wrong passphrases. The zero value is ready.
type attempts struct {
	mu    sync.Mutex
	wrong int
	again time.Time
}

// String is how attempts are kept over a restart; "" when none was wrong.
func (a *attempts) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.wrong == 0 {
		return ""
	}
	return fmt.Sprintf("%d %d", a.wrong, a.again.UnixMilli())
}

// recall takes up what was kept.
func (a *attempts) recall(text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var again int64
	if _, err := fmt.Sscanf(text, "%d %d", &a.wrong, &again); err == nil && a.wrong >= freeTries {
		a.again = time.UnixMilli(again)
	}
}

// try runs one attempt unless it comes too early; then it answers how long to
// wait. Attempts take turns, so that none is free because another is under way.
func (a *attempts) try(now func() time.Time, check func() (right bool)) (wait time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if wait = a.again.Sub(now()); wait > lastWait { // the clock was set back
		wait, a.again = lastWait, now().Add(lastWait)
	}
	if wait > 0 {
		return wait
	}
	if check() {
		a.wrong, a.again = 0, time.Time{}
		return 0
	}
	if a.wrong++; a.wrong >= freeTries {
		a.again = now().Add(min(firstWait<<min(a.wrong-freeTries, 16), lastWait))
	}
	return 0
}
