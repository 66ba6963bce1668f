package keeper

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal"
)

// Of each app no more are in than may be, the first comes first, nobody waits
// while there is room, and nothing is left when all are gone.
func TestTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 4).Draw(t, "most")
		turns := newTurns(most)
		type reader struct {
			app  string
			turn <-chan struct{}
		}
		in := func(r reader) bool {
			if r.turn == nil {
				return true
			}
			select {
			case <-r.turn:
				return true
			default:
				return false
			}
		}
		var all []reader
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if len(all) == 0 || rapid.Bool().Draw(t, "comes") {
				app := fmt.Sprint(rapid.IntRange(0, 2).Draw(t, "app"))
				all = append(all, reader{app, turns.enter(app)})
			} else {
				i := rapid.IntRange(0, len(all)-1).Draw(t, "who")
				r := all[i]
				all = append(all[:i], all[i+1:]...)
				if in(r) && rapid.Bool().Draw(t, "done") {
					turns.leave(r.app)
				} else {
					turns.giveUp(r.app, orClosed(r.turn))
				}
			}
			count, waits := map[string]int{}, map[string]bool{}
			for _, r := range all {
				switch {
				case !in(r):
					waits[r.app] = true
				case waits[r.app]:
					t.Fatal("one that came later is in before")
				default:
					count[r.app]++
				}
			}
			for _, app := range []string{"0", "1", "2"} {
				if count[app] > most || waits[app] && count[app] < most {
					t.Fatalf("%d of %d are in, others wait: %v", count[app], most, waits[app])
				}
			}
		}
		for _, r := range all {
			turns.giveUp(r.app, orClosed(r.turn))
		}
		if len(turns.apps) != 0 {
			t.Fatalf("%d apps are left", len(turns.apps))
		}
	})
}

// orClosed is what one that was let in at once gives up.
func orClosed(turn <-chan struct{}) <-chan struct{} {
	if turn == nil {
		return make(chan struct{})
	}
	return turn
}

// However many texts one app has to open, another app's are opened and signed
// at once, and who waits for its turn takes no room from who works.
func TestAnInboxTakesNobodysRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &Keeper{gate: make(chan struct{}, maxInWork), reading: newTurns(maxReading), queued: make(chan struct{}, maxQueued)}
		ctx, stop := context.WithCancel(t.Context())
		var opened atomic.Int32
		var all sync.WaitGroup
		end := make(chan struct{})
		for range 1000 {
			all.Go(func() {
				k.gate <- struct{}{}
				defer func() { <-k.gate }()
				done, err := k.inTurn(ctx, "inbox", privyseal.OpNip44Decrypt)
				if err != nil {
					return
				}
				defer done()
				opened.Add(1)
				<-end
			})
		}
		synctest.Wait()
		if opened.Load() != maxReading || len(k.gate) != maxReading {
			t.Fatalf("%d are open, %d in work", opened.Load(), len(k.gate))
		}
		for app, op := range map[string]privyseal.Operation{"other": privyseal.OpNip44Decrypt, "inbox": privyseal.OpSignEvent} {
			done, err := k.inTurn(ctx, app, op)
			if err != nil {
				t.Fatal(err)
			}
			done()
		}
		stop() // those who wait go, those who work end
		close(end)
		all.Wait()
		if len(k.gate) != 0 || len(k.queued) != 0 || len(k.reading.apps) != 0 {
			t.Fatalf("left: %d in work, %d waiting", len(k.gate), len(k.queued))
		}
	})
}

// When very many wait already, one more works at once: it may not wait inside.
func TestTooManyToWait(t *testing.T) {
	k := &Keeper{gate: make(chan struct{}, 1), reading: newTurns(1), queued: make(chan struct{})}
	first, err := k.inTurn(t.Context(), "inbox", privyseal.OpNip44Decrypt)
	if err != nil {
		t.Fatal(err)
	}
	second, err := k.inTurn(t.Context(), "inbox", privyseal.OpNip44Decrypt)
	if err != nil {
		t.Fatal(err)
	}
	second()
	first()
	if len(k.reading.apps) != 0 {
		t.Fatal("somebody is left")
	}
}
