package keeper

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
)

// Equal operations take turns in the order they came, whoever gives up between;
// others have none to wait for.
func TestEqualOperationsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFlights()
		first, err := f.enter(t.Context(), "app", [32]byte{1})
		if err != nil {
			t.Fatal(err)
		}
		if other, err := f.enter(t.Context(), "app", [32]byte{2}); err != nil {
			t.Fatal(err)
		} else {
			other.leave()
		}
		var in []int
		wait := func(n int, ctx context.Context) {
			turn, err := f.enter(ctx, "app", [32]byte{1})
			if err != nil {
				in = append(in, -n)
				return
			}
			in = append(in, n)
			turn.leave()
		}
		impatient, giveUp := context.WithCancel(t.Context())
		go wait(1, t.Context())
		synctest.Wait()
		go wait(2, impatient)
		synctest.Wait()
		go wait(3, t.Context())
		synctest.Wait()
		giveUp()
		synctest.Wait()
		first.leave()
		synctest.Wait()
		if len(in) != 3 || in[0] != -2 || in[1] != 1 || in[2] != 3 {
			t.Errorf("they came in as %v", in)
		}
		if len(f.open) != 0 {
			t.Errorf("%d turns are left", len(f.open))
		}
	})
}

// Nobody is inside with another, and no turn is lost, also where somebody gives
// up at the moment they are let in.
func TestNoTurnIsLost(t *testing.T) {
	f := newFlights()
	var all sync.WaitGroup
	inside, done := 0, 0 // guarded by the turns alone
	for n := range 64 {
		ctx, giveUp := context.WithCancel(t.Context())
		all.Go(func() {
			turn, err := f.enter(ctx, "app", [32]byte{})
			if errors.Is(err, context.Canceled) {
				return
			}
			if inside++; inside != 1 {
				t.Error("two are inside")
			}
			inside--
			done++
			turn.leave()
		})
		if n%2 == 0 {
			all.Go(giveUp)
		} else {
			defer giveUp()
		}
	}
	all.Wait()
	if done < 32 || len(f.open) != 0 {
		t.Errorf("%d were in, %d turns are left", done, len(f.open))
	}
}
