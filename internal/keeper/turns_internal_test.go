package keeper

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal"
)

// Of each app no more are let in than may be, the first comes first, nobody waits
// while there is room, and nothing is left when all are gone.
func TestTurns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most, inside := 1, map[string]int{}
		turns := newTurns()
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
			most = rapid.IntRange(1, 4).Draw(t, "most")
			moved := ""
			if len(all) == 0 || rapid.Bool().Draw(t, "comes") {
				app := fmt.Sprint(rapid.IntRange(0, 2).Draw(t, "app"))
				moved = app
				all = append(all, reader{app, turns.enter(app, most)})
			} else {
				i := rapid.IntRange(0, len(all)-1).Draw(t, "who")
				r := all[i]
				all = append(all[:i], all[i+1:]...)
				if in(r) {
					moved = r.app
				}
				if in(r) && rapid.Bool().Draw(t, "done") {
					turns.leave(r.app, most)
				} else {
					turns.giveUp(r.app, orClosed(r.turn), most)
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
				if count[app] > max(most, inside[app]) || waits[app] && (count[app] == 0 || app == moved && count[app] < most) {
					t.Fatalf("%d of %d are in, %d were, others wait: %v", count[app], most, inside[app], waits[app])
				}
				inside[app] = count[app]
			}
		}
		for _, r := range all {
			turns.giveUp(r.app, orClosed(r.turn), most)
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
// at once, and who waits for its turn takes no room from who works. While another
// asks, fewer are open at a time.
func TestAnInboxTakesNobodysRoom(t *testing.T) {
	for other, most := range map[string]int{"": maxReadingAlone, "other": maxReadingBeside} {
		synctest.Test(t, func(t *testing.T) {
			k := &Keeper{now: time.Now, gate: make(chan struct{}, maxInWork), reading: newTurns(), queued: make(chan struct{}, maxQueued)}
			ctx, stop := context.WithCancel(t.Context())
			enter := func(app string, op privyseal.Operation) (func(), error) { return k.inTurn(ctx, app, op, time.Now()) }
			if other != "" {
				if done, err := enter(other, privyseal.OpSignEvent); err == nil {
					done()
				}
			}
			var opened atomic.Int32
			var all sync.WaitGroup
			end := make(chan struct{})
			for range 1000 {
				all.Go(func() {
					k.gate <- struct{}{}
					defer func() { <-k.gate }()
					done, err := enter("inbox", privyseal.OpNip44Decrypt)
					if err != nil {
						return
					}
					defer done()
					opened.Add(1)
					<-end
				})
			}
			synctest.Wait()
			if int(opened.Load()) != most || len(k.gate) != most {
				t.Fatalf("%d are open, %d in work, not %d", opened.Load(), len(k.gate), most)
			}
			for app, op := range map[string]privyseal.Operation{"third": privyseal.OpNip44Decrypt, "inbox": privyseal.OpSignEvent} {
				done, err := enter(app, op)
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
}

// An app has company from the moment another asks until none has for a second,
// and the most of it at first.
func TestCompany(t *testing.T) {
	var c company
	start := time.Unix(1_700_000_000, 0)
	const ms = time.Millisecond
	for _, x := range []struct {
		at       time.Duration
		asks     string // before it is looked
		a, b, in int    // in has an inbox, which does not count
	}{
		{0, "", maxReadingAlone, maxReadingAlone, maxReadingAlone},
		{0, "a", maxReadingAlone, maxReadingBeside, maxReadingBeside},
		{1 * ms, "a", maxReadingAlone, maxReadingBeside, maxReadingBeside},
		{2 * ms, "b", maxReadingBeside, maxReadingBeside, maxReadingBeside},
		{besideFor + 2*ms, "", maxReading, maxReading, maxReading},
		{besideFor + 3*ms, "b", maxReadingBeside, maxReading, maxReadingBeside},
		{companyFor + 2*ms, "", maxReading, maxReadingAlone, maxReading},
		{companyFor + besideFor + 3*ms, "", maxReadingAlone, maxReadingAlone, maxReadingAlone},
		{time.Minute, "b", maxReadingBeside, maxReadingAlone, maxReadingBeside},
	} {
		now := start.Add(x.at)
		if x.asks != "" {
			c.asks(x.asks, now)
		}
		for app, want := range map[string]int{"a": x.a, "b": x.b, "in": x.in} {
			if got := c.reading(app, now); got != want {
				t.Errorf("after %v: %d of %s at a time, not %d", x.at, got, app, want)
			}
		}
	}
}

// On a slow disk more texts share a commit beside another app, and never more than
// when it has stopped asking.
func TestASlowDiskOpensMoreAtATime(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for took, want := range map[time.Duration]int{
		time.Millisecond: maxReadingBeside, 3 * commitPerText: 3, time.Second: maxReading, -time.Second: maxReadingBeside,
	} {
		var c company
		c.asks("other", now)
		for range 100 {
			c.committed(took)
		}
		if got := c.reading("inbox", now); got < want-1 || got > want {
			t.Errorf("%d at a time where a commit takes %v, not %d", got, took, want)
		}
		if got := c.reading("inbox", now.Add(besideFor)); got != maxReading {
			t.Errorf("%d at a time a moment later", got)
		}
	}
}

// Who waits is let in as what else asks changes, though the inbox sends no more.
func TestAnInboxGoesOnFasterWhenItIsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := &Keeper{now: time.Now, gate: make(chan struct{}, maxInWork), reading: newTurns(), queued: make(chan struct{}, maxQueued)}
		if done, err := k.inTurn(t.Context(), "other", privyseal.OpSignEvent, k.now()); err == nil {
			done()
		}
		var opened atomic.Int32
		leave := make(chan struct{})
		var all sync.WaitGroup
		for range 200 {
			all.Go(func() {
				k.gate <- struct{}{}
				defer func() { <-k.gate }()
				done, err := k.inTurn(t.Context(), "inbox", privyseal.OpNip44Decrypt, k.now())
				if err != nil {
					t.Error(err)
					return
				}
				opened.Add(1)
				<-leave
				opened.Add(-1)
				done()
			})
		}
		for _, x := range []struct {
			after time.Duration
			want  int32
		}{{0, maxReadingBeside}, {besideFor, maxReading}, {companyFor, maxReadingAlone}} {
			time.Sleep(x.after)
			leave <- struct{}{}
			synctest.Wait()
			if n := opened.Load(); n != x.want {
				t.Errorf("%d are open after %v more, not %d", n, x.after, x.want)
			}
		}
		close(leave)
		all.Wait()
	})
}

// When very many wait already, one more works at once: it may not wait inside.
func TestTooManyToWait(t *testing.T) {
	k := &Keeper{now: time.Now, gate: make(chan struct{}, 1), reading: newTurns(), queued: make(chan struct{})}
	var all []func()
	for range maxReadingAlone + 1 {
		done, err := k.inTurn(t.Context(), "inbox", privyseal.OpNip44Decrypt, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, done)
	}
	for _, done := range all {
		done()
	}
	if len(k.reading.apps) != 0 {
		t.Fatal("somebody is left")
	}
}
