package sqlite

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// TestKnownIsWhatTheFileSays adds, finishes and prunes work at random, alone
// and several in one commit, and lets some of it fail: the index in memory is
// always what would be read from the file.
func TestKnownIsWhatTheFileSays(t *testing.T) {
	s := openDir(t, t.TempDir())
	defer s.Close()
	deliberate := errors.New("deliberate")
	now := time.UnixMilli(1_790_000_000_000)
	random := rand.New(rand.NewPCG(1, 2))
	change := func(tx store.Tx, x uint64) error {
		app, event := string(rune('a'+x%2)), nostr.ID{1, byte(x >> 8 % 5)}
		switch x >> 16 % 8 {
		case 0, 1, 2, 3:
			return tx.AddWork(privyseal.Work{App: app, Event: event, OpHash: [32]byte{byte(x >> 24 % 2)}, State: privyseal.WorkDecided})
		case 4, 5, 6:
			return tx.FinishWork(app, event, privyseal.Allowed, nil, nil, now.Add(time.Duration(x>>32%30)*time.Second))
		default:
			return tx.Prune(now)
		}
	}
	for i := range 1500 {
		now = now.Add(time.Duration(random.IntN(5)) * time.Second)
		for range random.IntN(3) { // they share the next commit, or one before
			x, y, fails := random.Uint64(), random.Uint64(), random.IntN(2) == 0
			s.Later(func(tx store.Tx) error {
				if err := errors.Join(change(tx, x), change(tx, y)); err != nil || !fails {
					return err
				}
				return deliberate
			})
		}
		steps, fails := make([]uint64, 1+random.IntN(4)), random.IntN(3) == 0
		for i := range steps {
			steps[i] = random.Uint64()
		}
		err := s.Update(t.Context(), func(tx store.Tx) error {
			for _, x := range steps {
				if err := change(tx, x); err != nil && !errors.Is(err, store.ErrDuplicate) && !errors.Is(err, store.ErrNotFound) && !errors.Is(err, store.ErrConflict) {
					return err
				}
			}
			if fails {
				return deliberate
			}
			return nil
		})
		if fails != errors.Is(err, deliberate) {
			t.Fatal(err)
		}
		if err := s.Update(t.Context(), func(y store.Tx) error {
			x := y.(*tx)
			x.known.remove(x.work.before)
			x.work.before = nil
			want, err := loadKnown(x.c)
			if err != nil {
				return err
			}
			if !reflect.DeepEqual(x.known.events, want.events) || !reflect.DeepEqual(x.known.ops, want.ops) || !reflect.DeepEqual(x.known.links, want.links) {
				t.Errorf("after %d rounds:\n got %+v\nwant %+v", i+1, x.known, want)
				return deliberate
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
