//go:build failpoints

package failpoint

import "sync/atomic"

var watcher atomic.Pointer[func(Point)]

// Watch has every hit reported to fn, on the goroutine that hits; nil ends it.
func Watch(fn func(Point)) {
	if fn == nil {
		watcher.Store(nil)
		return
	}
	watcher.Store(&fn)
}

// Hit reports a moment to who watches.
func Hit(p Point) {
	if fn := watcher.Load(); fn != nil {
		(*fn)(p)
	}
}
