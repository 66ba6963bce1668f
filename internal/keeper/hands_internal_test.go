package keeper

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// The goroutine that worked last works next; no more wait than are kept, and none
// once the end has come.
func TestHands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var left atomic.Int32
		h := newHands(func() { left.Add(1) })
		release := make(chan struct{})
		for range maxIdle + 5 {
			h.do(ctx, func() { <-release })
		}
		synctest.Wait()
		close(release)
		synctest.Wait()
		if len(h.idle) != maxIdle || left.Load() != maxIdle+5 {
			t.Fatalf("%d wait after %d pieces of work", len(h.idle), left.Load())
		}
		last := h.idle[maxIdle-1]
		for range 3 {
			working := make(chan struct{})
			h.do(ctx, func() { <-working })
			synctest.Wait()
			if len(h.idle) != maxIdle-1 {
				t.Error("a new goroutine began beside those that wait")
			}
			close(working)
			synctest.Wait()
			if h.idle[maxIdle-1] != last {
				t.Error("another than the last to have worked did it")
			}
		}
		cancel()
		synctest.Wait()
		if len(h.idle) != 0 {
			t.Errorf("%d wait after the end", len(h.idle))
		}
	})
}

// Work that is handed over as the end comes is done.
func TestHandsLoseNothing(t *testing.T) {
	for range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{}, 8)
		h := newHands(func() { done <- struct{}{} })
		h.do(ctx, func() {})
		<-done
		go cancel()
		for range 4 {
			h.do(ctx, func() {})
		}
		for range 4 {
			<-done
		}
	}
}
