package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
)

var errDeliberate = errors.New("storetest: deliberate")

// crowd is how many try the same thing at once.
const crowd = 100

func oneWinner(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error {
		return errors.Join(tx.PutInvitation(invitation("v1")), tx.AskQuestion(question("q1")), tx.AddWork(someWork(1)))
	})
	for what, c := range map[string]struct {
		fn    func(i int, tx store.Tx) error
		loser error
	}{
		"UseInvitation": {func(i int, tx store.Tx) error { return tx.UseInvitation("v1", hash(i), at(1)) }, store.ErrSpent},
		"AnswerQuestion": {func(i int, tx store.Tx) error {
			return tx.AnswerQuestion("q1", privyseal.QuestionApproved+privyseal.QuestionState(i%2), fmt.Sprint(i), at(1), true)
		}, store.ErrConflict},
		"AddWork": {func(i int, tx store.Tx) error { w := someWork(2); w.Trace = fmt.Sprint(i); return tx.AddWork(w) }, store.ErrDuplicate},
		"FinishWork": {func(i int, tx store.Tx) error {
			return tx.FinishWork("app1", someWork(1).Event, privyseal.Allowed, []byte{byte(i)}, nil, at(1))
		}, store.ErrConflict},
	} {
		t.Run(what, func(t *testing.T) {
			won, errs := race(t, s, crowd, c.fn)
			if won != 1 {
				t.Fatalf("%d winners", won)
			}
			for _, err := range errs {
				wantErr(t, "a loser", err, c.loser)
			}
		})
	}
}

func spendWinners(t *testing.T, s store.Store) {
	const n = 17
	won, errs := race(t, s, crowd, func(i int, tx store.Tx) error {
		if _, err := tx.AppendRecord(record(i)); err != nil { // undone with the loser
			return err
		}
		return tx.Spend("g1", at(0), n)
	})
	if won != n {
		t.Fatalf("%d winners of a budget of %d", won, n)
	}
	for _, err := range errs {
		wantErr(t, "a loser", err, store.ErrSpent)
	}
	if got := len(chain(t, s)); got != n {
		t.Fatalf("%d records of %d winners", got, n)
	}
}

// hold keeps the store busy until the function it answers is called, so that
// what is queued meanwhile shares a commit.
func hold(t *testing.T, s store.Store) (release func()) {
	t.Helper()
	began, end := make(chan struct{}), make(chan struct{})
	var once, wait sync.Once
	var wg sync.WaitGroup
	wg.Go(func() {
		err := s.Update(context.Background(), func(store.Tx) error {
			once.Do(func() { close(began) })
			<-end
			return nil
		})
		if err != nil {
			t.Errorf("the update that holds the store: %v", err)
		}
	})
	<-began
	release = func() { wait.Do(func() { close(end); wg.Wait() }) }
	t.Cleanup(release)
	return release
}

func sharedCommit(t *testing.T, s store.Store) {
	release := hold(t, s)
	for i := range 50 {
		s.Later(func(tx store.Tx) error { return tx.SetSetting(fmt.Sprint("later", i), "x") })
	}
	release()
	won, errs := race(t, s, crowd, func(i int, tx store.Tx) error { return tx.SetSetting(fmt.Sprint(i), "x") })
	if won != crowd {
		t.Fatalf("lost: %v", errs)
	}
	wantErr(t, "Flush", s.Flush(t.Context()), nil)
	if got := len(get(t, s, store.Reader.Settings)); got != crowd+50 {
		t.Fatalf("%d settings", got)
	}
}

func errorIsolation(t *testing.T, s store.Store) {
	won, errs := race(t, s, crowd, func(i int, tx store.Tx) error {
		if err := tx.SetSetting(fmt.Sprint(i), "x"); err != nil {
			return err
		}
		if i%7 == 0 {
			return fmt.Errorf("number %d: %w", i, errDeliberate)
		}
		return nil
	})
	for _, err := range errs {
		wantErr(t, "a failing update", err, errDeliberate)
	}
	all := get(t, s, store.Reader.Settings)
	if len(all) != won || won != crowd-15 {
		t.Fatalf("%d settings of %d updates", len(all), won)
	}
	for i := 0; i < crowd; i += 7 {
		if all[fmt.Sprint(i)] != "" {
			t.Errorf("the failed update %d left something behind", i)
		}
	}
	wantErr(t, "Healthy", s.Healthy(), nil)
}

// rerun has a job that fails after it changed something in the middle of a
// batch: the results of the others must be those of one run.
func rerun(t *testing.T, s store.Store) {
	release := hold(t, s)
	counts := make([]int, 9)
	var order []int
	for i := range counts {
		s.Later(func(tx store.Tx) error {
			var n int
			if v, err := tx.Setting("n"); err == nil {
				fmt.Sscan(v, &n)
			}
			counts[i] = n
			order = append(order, i)
			if err := tx.SetSetting("n", fmt.Sprint(n+1)); err != nil {
				return err
			}
			if i%3 == 1 {
				return errDeliberate
			}
			return nil
		})
	}
	release()
	wantErr(t, "Flush", s.Flush(t.Context()), nil)
	equal(t, "each saw those before it, without the failed", counts, []int{0, 1, 1, 2, 3, 3, 4, 5, 5})
	equal(t, "the last run was in order", order[len(order)-len(counts):], []int{0, 1, 2, 3, 4, 5, 6, 7, 8})
	equal(t, "the sum", get(t, s, store.Reader.Settings), map[string]string{"n": "6"})
}

func panics(t *testing.T, s store.Store) {
	func() {
		defer func() {
			if p := recover(); p != "deliberate" {
				t.Errorf("recovered %v", p)
			}
		}()
		s.Update(t.Context(), func(tx store.Tx) error {
			if err := tx.SetSetting("a", "1"); err != nil {
				return err
			}
			panic("deliberate")
		})
	}()
	update(t, s, func(tx store.Tx) error { return tx.SetSetting("b", "1") })
	equal(t, "only the other", get(t, s, store.Reader.Settings), map[string]string{"b": "1"})
}

func contexts(t *testing.T, s store.Store) {
	dead, cancel := context.WithCancel(t.Context())
	cancel()
	never := func(store.Tx) error { t.Error("ran for a caller that is gone"); return nil }
	wantErr(t, "Update", s.Update(dead, never), context.Canceled)
	wantErr(t, "Flush", s.Flush(dead), context.Canceled)

	release := hold(t, s)
	waiting, cancel := context.WithCancel(t.Context())
	result := make(chan error)
	go func() { result <- s.Update(waiting, never) }()
	cancel()
	wantErr(t, "Update that waits", <-result, context.Canceled)
	release()
	wantErr(t, "Flush", s.Flush(t.Context()), nil)
}

func laterOrder(t *testing.T, s store.Store) {
	const n = 3000 // more than any queue
	var seen []int
	for i := range n {
		s.Later(func(tx store.Tx) error {
			seen = append(seen, i)
			_, err := tx.AppendRecord(privyseal.Record{Time: at(i)})
			return err
		})
	}
	update(t, s, func(tx store.Tx) error {
		if h, err := tx.Head(); err != nil || h.Seq != n {
			t.Errorf("an update sees %d of %d queued before it (%v)", h.Seq, n, err)
		}
		return nil
	})
	wantErr(t, "Flush", s.Flush(t.Context()), nil)
	if !slices.IsSorted(seen) {
		t.Error("out of order")
	}
	for i, r := range chain(t, s) {
		equal(t, "order", r.Time, at(i))
	}
	s.Later(func(tx store.Tx) error { return tx.SetSetting("last", "x") })
	wantErr(t, "Flush", s.Flush(t.Context()), nil)
	equal(t, "durable after Flush", get(t, s, store.Reader.Settings), map[string]string{"last": "x"})
}

func laterError(t *testing.T, s store.Store) {
	s.Later(func(tx store.Tx) error { return tx.SetSetting("a", "1") })
	s.Later(func(tx store.Tx) error { return errors.Join(tx.SetSetting("b", "1"), errDeliberate) })
	s.Later(func(tx store.Tx) error { return tx.SetSetting("c", "1") })
	wantErr(t, "Flush", s.Flush(t.Context()), nil)
	equal(t, "it undoes only itself", get(t, s, store.Reader.Settings), map[string]string{"a": "1", "c": "1"})
	wantErr(t, "Healthy", s.Healthy(), nil)
}

func snapshot(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) error { return tx.SetSetting("a", "1") })
	wantErr(t, "View", s.View(t.Context(), func(r store.Reader) error {
		if v, err := r.Setting("a"); err != nil || v != "1" {
			t.Errorf("%q %v", v, err)
		}
		update(t, s, func(tx store.Tx) error { return tx.SetSetting("a", "2") })
		if v, err := r.Setting("a"); err != nil || v != "1" {
			t.Errorf("a snapshot moved: %q %v", v, err)
		}
		return nil
	}), nil)
	equal(t, "the next view", get(t, s, func(r store.Reader) (string, error) { return r.Setting("a") }), "2")
	_, err := try(t, s, func(store.Reader) (int, error) { return 0, errDeliberate })
	wantErr(t, "a failing view", err, errDeliberate)
}

func closed(t *testing.T, s store.Store) {
	s.Later(func(tx store.Tx) error { return tx.SetSetting("a", "1") })
	wantErr(t, "Close", s.Close(), nil)
	never := func(store.Tx) error { t.Error("ran after Close"); return nil }
	wantErr(t, "Update", s.Update(t.Context(), never), store.ErrClosed)
	wantErr(t, "View", s.View(t.Context(), func(store.Reader) error { return never(nil) }), store.ErrClosed)
	wantErr(t, "Flush", s.Flush(t.Context()), store.ErrClosed)
	wantErr(t, "Backup", s.Backup(t.Context(), t.TempDir()+"/backup"), store.ErrClosed)
	wantErr(t, "Close", s.Close(), store.ErrClosed)
	s.Later(never)
}
