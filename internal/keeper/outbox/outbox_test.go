package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/outbox"
	"github.com/privyseal/privyseal/nostr"
)

type sealing func(time.Time) ([]byte, error)

func (s sealing) Seal(now time.Time) ([]byte, error) { return s(now) }

// world is an outbox in bubbled time, with relays that answer as they are told.
type world struct {
	t   *testing.T
	box *outbox.Outbox

	mu     sync.Mutex
	sent   []control.Outbound
	at     []time.Duration
	left   map[nostr.ID][]string
	gave   []string
	says   map[string]control.Published // by relay; without an entry: nothing at all
	fail   error
	began  time.Time
	sealed int
}

func within(t *testing.T, test func(w *world)) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, left: map[nostr.ID][]string{}, says: map[string]control.Published{}, began: time.Now()}
		w.box = outbox.New(outbox.Options{
			Now:  time.Now,
			Send: w.send,
			Settled: func(_ string, ev nostr.ID, left []string) {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.left[ev] = left
			},
			Gave: func(_ *outbox.Answer, relay, reason string) {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.gave = append(w.gave, relay+" "+reason)
			},
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- w.box.Run(ctx) }()
		test(w)
		stop()
		if err := <-done; w.fail == nil && !errors.Is(err, context.Canceled) {
			t.Errorf("Run ended with %v", err)
		}
	})
}

func (w *world) send(items []control.Outbound) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		return w.fail
	}
	for _, o := range items {
		w.sent = append(w.sent, o)
		w.at = append(w.at, time.Since(w.began).Round(100*time.Millisecond))
		for _, relay := range o.Relays {
			if p, ok := w.says[relay]; ok {
				p.Ref, p.Relay = o.Ref, relay
				go w.box.Receipt(p)
			}
		}
	}
	return nil
}

func (w *world) say(relay string, p control.Published) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.says[relay] = p
}

func (w *world) owe(id byte, relays ...string) {
	w.t.Helper()
	err := w.box.Owe(w.t.Context(), &outbox.Answer{
		App: "app", Event: nostr.ID{id}, Relays: relays, Until: time.Now().Add(2 * time.Minute), Kept: true,
		Sealer: sealing(func(time.Time) ([]byte, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.sealed++
			return fmt.Appendf(nil, "%d:%d", id, w.sealed), nil
		}),
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// fence orders what the test has read so far before what comes.
func (w *world) fence() {
	w.mu.Lock()
	defer w.mu.Unlock()
}

// sleep lets time pass; afterwards everything stands still until the next one.
func (w *world) sleep(d time.Duration) {
	w.fence()
	time.Sleep(d + time.Millisecond) // off the beat of the outbox's own clock
	synctest.Wait()
}

// distinct fails unless every event that left was sealed anew.
func (w *world) distinct() {
	w.t.Helper()
	seen := map[string]bool{}
	for _, o := range w.sent {
		if seen[string(o.Event)] {
			w.t.Fatalf("event %s left twice", o.Event)
		}
		seen[string(o.Event)] = true
	}
}

var taken = control.Published{Sent: true, OK: true}

func refused(reason string) control.Published { return control.Published{Sent: true, Reason: reason} }

func TestTakenAtOnce(t *testing.T) {
	for _, p := range []control.Published{taken, refused("duplicate: have it")} {
		within(t, func(w *world) {
			w.say("a", p)
			w.say("b", taken)
			w.owe(1, "a", "b")
			w.sleep(3 * time.Minute)
			if len(w.sent) != 1 || w.box.Len() != 0 || len(w.left[nostr.ID{1}]) != 0 || len(w.gave) != 0 {
				w.t.Fatalf("sent %d, open %d, left %v, gave up %v", len(w.sent), w.box.Len(), w.left, w.gave)
			}
		})
	}
}

func TestTriesAgain(t *testing.T) {
	for name, p := range map[string]control.Published{
		"nobody listens": refused("mute: nobody listens"), "limited": refused("rate-limited: slow down"),
		"relay error": refused("error: oops"), "sign in": refused("auth-required: who are you"),
		"no reason": refused(""), "not sent": {}, "prefixless": refused("mute"),
	} {
		t.Run(name, func(t *testing.T) {
			within(t, func(w *world) {
				w.say("a", p)
				w.say("b", taken)
				w.owe(1, "a", "b")
				w.sleep(20 * time.Second)
				tries := len(w.sent)
				if tries < 4 || tries > 8 {
					w.t.Fatalf("tried %d times in 20 s, at %v", tries, w.at)
				}
				for _, o := range w.sent[1:] {
					if !slices.Equal(o.Relays, []string{"a"}) {
						w.t.Fatalf("tried again on %v", o.Relays)
					}
				}
				if left := w.left[nostr.ID{1}]; !slices.Equal(left, []string{"a"}) {
					w.t.Fatalf("owed to %v", left)
				}
				w.say("a", taken)
				w.sleep(40 * time.Second)
				if w.box.Len() != 0 || len(w.left[nostr.ID{1}]) != 0 {
					w.t.Fatalf("still owed: %v", w.left)
				}
				w.distinct()
			})
		})
	}
}

func TestSilentRelays(t *testing.T) {
	within(t, func(w *world) {
		w.owe(1, "a")
		w.sleep(14 * time.Second)
		if len(w.sent) != 1 {
			w.t.Fatalf("tried again after %v", w.at)
		}
		w.sleep(3 * time.Minute)
		if n := len(w.sent); n < 3 || n > 9 {
			w.t.Fatalf("tried %d times in two minutes, at %v", n, w.at)
		}
		if last := w.at[len(w.at)-1]; last > 2*time.Minute {
			w.t.Fatalf("sent after nobody wanted it: %v", last)
		}
		if w.box.Len() != 0 {
			w.t.Fatal("kept after nobody wanted it")
		}
		if left, told := w.left[nostr.ID{1}]; !told || len(left) != 0 {
			w.t.Fatalf("nobody was told that it is over: %v", left)
		}
		w.distinct()
	})
}

func TestGivesUpOnANo(t *testing.T) {
	for _, reason := range []string{"blocked: no", "invalid: kind", "restricted: members", "pow: 20 bits", "what: ever"} {
		within(t, func(w *world) {
			w.say("a", refused(reason))
			w.say("b", refused("mute: "))
			w.owe(1, "a", "b")
			w.sleep(10 * time.Second)
			if !slices.Equal(w.gave, []string{"a " + reason}) {
				w.t.Fatalf("gave up %v", w.gave)
			}
			if left := w.left[nostr.ID{1}]; !slices.Equal(left, []string{"b"}) {
				w.t.Fatalf("owed to %v", left)
			}
		})
	}
}

func TestNudge(t *testing.T) {
	within(t, func(w *world) {
		w.owe(1, "a", "b")
		w.owe(2, "b")
		w.sleep(5 * time.Second)
		w.say("a", taken)
		w.say("b", taken)
		w.box.Nudge("a")
		w.sleep(0) // at once
		if len(w.sent) != 3 || w.box.Len() != 1 {
			w.t.Fatalf("sent %d, open %d", len(w.sent), w.box.Len())
		}
		w.distinct()
	})
}

func TestAnAnswerReplacesTheOneBefore(t *testing.T) {
	within(t, func(w *world) {
		w.owe(1, "a")
		w.owe(1, "a", "b")
		w.sleep(16 * time.Second)
		if w.box.Len() != 1 || len(w.sent) != 3 || !slices.Equal(w.sent[2].Relays, []string{"a", "b"}) {
			w.t.Fatalf("open %d, sent %v", w.box.Len(), w.sent)
		}
		w.box.Receipt(control.Published{Ref: w.sent[0].Ref, Relay: "a", Sent: true, OK: true}) // of the one replaced
		w.box.Receipt(control.Published{Ref: 999, Relay: "a", Sent: true, OK: true})
		if w.box.Len() != 1 {
			w.t.Fatal("a receipt settled another answer")
		}
	})
}

func TestWithoutAFront(t *testing.T) {
	within(t, func(w *world) {
		w.fail = errors.New("broken")
		w.owe(1, "a")
		w.sleep(time.Second)
		if w.box.Len() != 1 {
			w.t.Fatal("an answer was dropped")
		}
	})
}

func TestAStopSendsWhatIsQueued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent []string
		box := outbox.New(outbox.Options{Now: time.Now, Send: func(items []control.Outbound) error {
			for _, o := range items {
				sent = append(sent, string(o.Event))
			}
			return nil
		}})
		for i := range 100 {
			must(t, box.Owe(t.Context(), &outbox.Answer{
				App: "app", Event: nostr.ID{byte(i)}, Relays: []string{"a"}, Until: time.Now().Add(time.Minute),
				Sealer: sealing(func(time.Time) ([]byte, error) { return fmt.Append(nil, i), nil }),
			}))
		}
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := box.Run(ctx); !errors.Is(err, context.Canceled) || len(sent) != 100 {
			t.Fatalf("sent %d, %v", len(sent), err)
		}
	})
}

func TestAnAnswerThatCannotBeSealed(t *testing.T) {
	within(t, func(w *world) {
		bad := errors.New("no key")
		err := w.box.Owe(t.Context(), &outbox.Answer{App: "app", Until: time.Now().Add(time.Minute), Sealer: sealing(func(time.Time) ([]byte, error) { return nil, bad })})
		if !errors.Is(err, bad) {
			w.t.Fatalf("%v", err)
		}
		if w.box.Len() != 0 {
			w.t.Fatal("kept")
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// An answer that is made alone is sent by who made it, where there is somebody to
// send; nobody waits for a hand-over that is under way, and Run ends with what
// could not be sent.
func TestAnAnswerAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent []string
		var fail error
		held := make(chan struct{})
		close(held)
		box := outbox.New(outbox.Options{Now: time.Now, Alone: func() bool { return true }, Send: func(items []control.Outbound) error {
			<-held
			for _, o := range items {
				sent = append(sent, string(o.Event))
			}
			return fail
		}})
		owe := func(what string) {
			t.Helper()
			must(t, box.Owe(t.Context(), &outbox.Answer{
				App: "app", Event: nostr.ID{byte(len(what))}, Relays: []string{"a"}, Until: time.Now().Add(time.Minute),
				Sealer: sealing(func(time.Time) ([]byte, error) { return []byte(what), nil }),
			}))
		}
		has := func(want ...string) {
			t.Helper()
			if !slices.Equal(sent, want) {
				t.Errorf("sent %v, want %v", sent, want)
			}
		}
		owe("1")
		has() // nobody is there yet
		done := make(chan error, 1)
		go func() { done <- box.Run(t.Context()) }()
		synctest.Wait()
		has("1")
		owe("22")
		has("1", "22")
		held = make(chan struct{})
		go owe("333")
		synctest.Wait()
		owe("4444")
		synctest.Wait()
		has("1", "22")
		close(held)
		synctest.Wait()
		has("1", "22", "333", "4444")
		fail = errors.New("the front is gone")
		owe("55555")
		if err := <-done; !errors.Is(err, fail) {
			t.Errorf("Run ended with %v", err)
		}
		before := len(sent)
		owe("666666")
		synctest.Wait()
		if len(sent) != before {
			t.Error("something was sent after the end")
		}
	})
}
