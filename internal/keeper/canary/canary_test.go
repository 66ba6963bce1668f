package canary

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// world is a set of relays that bring requests back, or do not.
type world struct {
	mu      sync.Mutex
	down    map[string]bool
	offset  time.Duration // of the wall clock
	relays  []string
	probes  map[string]int
	states  []string
	renewed []string
	swapped []string
	jumps   []time.Duration
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.offset)
}

func (w *world) set(relay string, down bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down[relay] = down
}

func (w *world) run(t *testing.T) *Canary {
	t.Helper()
	if w.down == nil {
		w.down = map[string]bool{}
	}
	w.probes = map[string]int{}
	note := func(to *[]string, text string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		*to = append(*to, text)
	}
	c := New(Options{
		Now: w.now, Relays: func() []string { w.mu.Lock(); defer w.mu.Unlock(); return slices.Clone(w.relays) },
		Probe: func(ctx context.Context, relay string) (time.Duration, error) {
			w.mu.Lock()
			w.probes[relay]++
			down := w.down[relay]
			w.mu.Unlock()
			if down {
				<-ctx.Done()
				return 0, errors.New("nothing came back")
			}
			time.Sleep(30 * time.Millisecond)
			return 30 * time.Millisecond, nil
		},
		Renew:   func(relay string) { note(&w.renewed, relay) },
		Replace: func(relay string) { note(&w.swapped, relay) },
		Changed: func(h Health) { note(&w.states, h.Relay+" "+h.State.String()) },
		Jumped:  func(by time.Duration) { w.mu.Lock(); defer w.mu.Unlock(); w.jumps = append(w.jumps, by) },
	})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); c.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	return c
}

func (w *world) take(list *[]string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := *list
	*list = nil
	return out
}

func (w *world) count(relay string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.probes[relay]
}

func TestHealthIsWhatCameBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{relays: []string{"a", "b"}, down: map[string]bool{"b": true}}
		c := w.run(t)
		if h, _ := c.Health("a"); h.State != Unmeasured {
			t.Fatalf("before the first request: %+v", h)
		}
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if h, _ := c.Health("a"); h.State != Good || h.Took != 30*time.Millisecond {
			t.Errorf("a: %+v", h)
		}
		if h, _ := c.Health("b"); h.State != Deaf || h.Misses != 2 {
			t.Errorf("b: %+v", h)
		}
		if got := w.take(&w.states); !slices.Equal(got, []string{"a good", "b missing", "b deaf"}) {
			t.Errorf("changes: %v", got)
		}
	})
}

func TestADeafRelayIsRenewedThenReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{relays: []string{"a"}, down: map[string]bool{"a": true}}
		w.run(t)
		time.Sleep(15 * time.Second)
		synctest.Wait()
		if got := w.take(&w.renewed); !slices.Equal(got, []string{"a"}) {
			t.Fatalf("after two misses: renewed %v", got)
		}
		time.Sleep(80 * time.Second)
		synctest.Wait()
		if got := w.take(&w.renewed); !slices.Equal(got, []string{"a"}) {
			t.Fatalf("a minute later: renewed %v", got)
		}
		time.Sleep(20 * time.Minute)
		synctest.Wait()
		if got := w.take(&w.swapped); !slices.Equal(got, []string{"a"}) {
			t.Fatalf("replaced %v, want once", got)
		}
	})
}

func TestItHearsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{relays: []string{"a"}, down: map[string]bool{"a": true}}
		c := w.run(t)
		time.Sleep(30 * time.Second)
		w.set("a", false)
		c.Nudge("a")
		time.Sleep(time.Minute)
		synctest.Wait()
		if h, _ := c.Health("a"); h.State != Good || h.Misses != 0 {
			t.Fatalf("after the relay came back: %+v", h)
		}
	})
}

func TestMeasuredEveryFewMinutesAndAtOnceWhenNudged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{relays: []string{"a"}}
		c := w.run(t)
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := w.count("a"); n != 1 {
			t.Fatalf("%d requests in the first minute, want 1", n)
		}
		c.Nudge("")
		synctest.Wait()
		if n := w.count("a"); n != 2 {
			t.Fatalf("%d requests after a nudge, want 2", n)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if n := w.count("a"); n < 4 || n > 6 {
			t.Fatalf("%d requests in ten minutes more, want one every three minutes", n)
		}
	})
}

func TestSleepAndClockJumpsAreNoticed(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, -time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			w := &world{relays: []string{"a"}}
			w.run(t)
			time.Sleep(10 * time.Second)
			w.mu.Lock()
			w.offset = by
			w.mu.Unlock()
			time.Sleep(3 * time.Second)
			synctest.Wait()
			w.mu.Lock()
			defer w.mu.Unlock()
			if len(w.jumps) != 1 || (w.jumps[0]-by).Abs() > 2*time.Second {
				t.Fatalf("jumps %v, want one of %v", w.jumps, by)
			}
			if n := w.probes["a"]; n != 2 {
				t.Fatalf("%d requests, want one more at once after the jump", n)
			}
		})
	}
}

func TestARelayNoLongerWantedIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{relays: []string{"a", "b"}}
		c := w.run(t)
		time.Sleep(2 * time.Second)
		w.mu.Lock()
		w.relays = []string{"a"}
		w.mu.Unlock()
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if _, ok := c.Health("b"); ok {
			t.Fatal("b is still measured")
		}
	})
}
