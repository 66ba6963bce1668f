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

// lookups is all that can be asked of work in TestKnownIsWhatTheFileSays.
func lookups(r store.Reader, now time.Time) (all []any) {
	for _, app := range []string{"a", "b"} {
		for n := range 5 {
			w, err := r.Work(app, nostr.ID{1, byte(n)})
			all = append(all, w, err)
			w, err = r.WorkByOp(app, [32]byte{byte(n)}, now)
			all = append(all, w, err)
		}
	}
	return all
}

// TestKnownIsWhatTheFileSays adds, finishes and prunes work at random, alone
// and several in one commit, and lets some of it fail: what is found by the
// index is always what a look through all rows finds. Its parts are small, so
// that many are begun and dropped, and of each row there are entries under
// hashes that are not its own.
func TestKnownIsWhatTheFileSays(t *testing.T) {
	s := openDir(t, t.TempDir())
	defer s.Close()
	known := s.w.tx.known
	known.parts[0].rows, known.most = 7, 7
	deliberate := errors.New("deliberate")
	now := time.UnixMilli(1_790_000_000_000)
	random := rand.New(rand.NewPCG(1, 2))
	change := func(y store.Tx, x uint64) error {
		app, event := string(rune('a'+x%2)), nostr.ID{1, byte(x >> 8 % 5)}
		switch x >> 16 % 8 {
		case 0, 1, 2:
			return y.AddWork(privyseal.Work{App: app, Event: event, OpHash: [32]byte{byte(x >> 24 % 2)}, State: privyseal.WorkDecided})
		case 3:
			k := y.(*tx).known
			k.add(k.next(), k.hash(app, (*[32]byte)(&event)), k.hash(app, &[32]byte{byte(x >> 24 % 2)}))
			return nil
		case 4, 5, 6:
			return y.FinishWork(app, event, privyseal.Allowed, nil, nil, now.Add(time.Duration(x>>32%30)*time.Second))
		default:
			_, err := y.Prune(now)
			return err
		}
	}
	most := 0
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
			if got, want := lookups(x, now), lookups(&reader{c: x.c}, now); !reflect.DeepEqual(got, want) {
				t.Errorf("after %d rounds:\n got %+v\nwant %+v", i+1, got, want)
				return deliberate
			}
			most = max(most, len(known.parts))
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if most < 3 || known.last < 300 || len(known.parts) > most {
		t.Errorf("%d parts at most, %d now, for %d rows", most, len(known.parts), known.last)
	}
}

// TestKnownAlike makes one request's hash lead to another's row, as 48 bits of a
// hash may: neither is taken for the other, nor changed in its place.
func TestKnownAlike(t *testing.T) {
	s := openDir(t, t.TempDir())
	a := privyseal.Work{App: "app", Event: nostr.ID{1}, OpHash: [32]byte{1}, State: privyseal.WorkDecided}
	b := privyseal.Work{App: "app", Event: nostr.ID{2}, OpHash: [32]byte{2}, State: privyseal.WorkDecided}
	now := time.UnixMilli(1_790_000_000_000)
	err := s.Update(t.Context(), func(y store.Tx) error {
		k := y.(*tx).known
		if err := y.AddWork(a); err != nil {
			return err
		}
		k.parts[0].by[byEvent].add(1, k.hash("app", (*[32]byte)(&b.Event)))
		k.parts[0].by[byOp].add(1, k.hash("app", &b.OpHash))
		if n := k.find(byEvent, k.hash("app", (*[32]byte)(&b.Event)), newest); n != 1 {
			t.Errorf("the test's own entry is not found: %d", n)
		}
		if _, err := y.Work("app", b.Event); !errors.Is(err, store.ErrNotFound) {
			t.Error("event", err)
		}
		if _, err := y.WorkByOp("app", b.OpHash, now); !errors.Is(err, store.ErrNotFound) {
			t.Error("operation", err)
		}
		for what, err := range map[string]error{
			"ask": y.AskWork("app", b.Event, "q"), "owed": y.SetOwed("app", b.Event, []string{"x"}),
			"finish": y.FinishWork("app", b.Event, privyseal.Allowed, nil, nil, now),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Error(what, err)
			}
		}
		if got, err := (&reader{c: y.(*tx).c}).Work("app", a.Event); err != nil || !reflect.DeepEqual(got, a) {
			t.Errorf("the other's row is %+v %v", got, err)
		}
		if err := y.AddWork(b); err != nil {
			t.Error("add", err)
		}
		if got, err := y.Work("app", b.Event); err != nil || !reflect.DeepEqual(got, b) {
			t.Errorf("%+v %v", got, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
