package storetest

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// model is work as a list, in the order it was added.
type model []privyseal.Work

func (m model) find(app string, event nostr.ID) int {
	return slices.IndexFunc(m, func(w privyseal.Work) bool { return w.App == app && w.Event == event })
}

func (m *model) add(w privyseal.Work) error {
	if m.find(w.App, w.Event) >= 0 {
		return store.ErrDuplicate
	}
	*m = append(*m, w)
	return nil
}

func (m model) finish(app string, event nostr.ID, expires time.Time) error {
	i := m.find(app, event)
	switch {
	case i < 0:
		return store.ErrNotFound
	case m[i].State == privyseal.WorkAnswered:
		return store.ErrConflict
	}
	m[i].State, m[i].Outcome, m[i].Expires, m[i].Sealed = privyseal.WorkAnswered, privyseal.Allowed, expires, nil
	return nil
}

func (m *model) prune(now time.Time) error {
	*m = slices.DeleteFunc(*m, func(w privyseal.Work) bool {
		return w.State == privyseal.WorkAnswered && !w.Expires.After(now)
	})
	return nil
}

func (m model) byOp(app string, op [32]byte, now time.Time) (privyseal.Work, error) {
	for _, w := range slices.Backward(m) {
		if w.App == app && w.OpHash == op && (w.State != privyseal.WorkAnswered || w.Expires.After(now)) {
			return w, nil
		}
	}
	return privyseal.Work{}, store.ErrNotFound
}

// workModel holds work against its model: whatever is added, finished, pruned
// and undone, an event is found exactly when it is there, and an operation's
// newest work that is not past its end.
func workModel(t *testing.T, s store.Store) {
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		apps := []string{fmt.Sprint("a", round), fmt.Sprint("b", round)}
		var m model
		var clock int // of this round; nothing of it ends before
		same := func(r store.Reader) error {
			for _, app := range apps {
				for n := range 3 {
					w, err := r.Work(app, hash(n))
					switch i := m.find(app, hash(n)); {
					case i < 0 && !errors.Is(err, store.ErrNotFound), i >= 0 && (err != nil || !reflect.DeepEqual(w, m[i])):
						return fmt.Errorf("event %d of %s: %+v %v, want one of %+v", n, app, w, err, m)
					}
					w, err = r.WorkByOp(app, hash(n), at(clock))
					if want, none := m.byOp(app, hash(n), at(clock)); !errors.Is(err, none) || !reflect.DeepEqual(w, want) {
						return fmt.Errorf("operation %d of %s: %+v %v, want %+v %v", n, app, w, err, want, none)
					}
				}
			}
			return nil
		}
		for range rapid.IntRange(1, 10).Draw(t, "updates") {
			steps := rapid.SliceOfN(rapid.SampledFrom([]string{"add", "add", "add", "finish", "finish", "prune"}), 1, 6).Draw(t, "steps")
			seed := rapid.Uint64().Draw(t, "seed")
			fails, later := rapid.Bool().Draw(t, "fails"), rapid.IntRange(0, 40).Draw(t, "later")
			before, began := slices.Clone(m), clock
			err := s.Update(t.Context(), func(tx store.Tx) error {
				m, clock = slices.Clone(before), began
				x := seed
				for _, step := range steps {
					x = x*0x9e3779b97f4a7c15 + 1
					app, event := apps[x>>40%4/3], nostr.ID(hash(int(x>>50%3)))
					var got, want error
					switch step {
					case "add":
						w := someWork(0)
						w.App, w.Event, w.OpHash = app, event, hash(int(x>>60%2))
						got, want = tx.AddWork(w), m.add(w)
					case "finish":
						end := at(clock + int(x>>55%30))
						got, want = tx.FinishWork(app, event, privyseal.Allowed, nil, nil, end), m.finish(app, event, end)
					case "prune":
						clock += later
						_, got = tx.Prune(at(clock))
						want = m.prune(at(clock))
					}
					if !errors.Is(got, want) {
						return fmt.Errorf("%s: %w, want %w", step, got, want)
					}
					if err := same(tx); err != nil {
						return fmt.Errorf("after %s: %w", step, err)
					}
				}
				if fails {
					return errDeliberate
				}
				return nil
			})
			if fails {
				if !errors.Is(err, errDeliberate) {
					t.Fatal(err)
				}
				m, clock = before, began
			} else if err != nil {
				t.Fatal(err)
			}
			if err := s.View(t.Context(), same); err != nil {
				t.Fatal(err)
			}
		}
	})
}
