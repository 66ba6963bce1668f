// Package storetest is what every store must pass. It tests the promises of
// [store.Store]: what is read is what was written, conditional statements have
// one winner, a failed change undoes only itself, and what was acknowledged is
// there after a restart. It refuses to know any engine.
package storetest

import (
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/store"
)

// Run tests a store. open makes an empty one, which the test closes; reopen
// closes a store and opens what it left.
func Run(t *testing.T, open func(t *testing.T) store.Store, reopen func(t *testing.T, s store.Store) store.Store) {
	for name, test := range map[string]func(*testing.T, store.Store){
		"Identities": identities, "Apps": apps, "Invitations": invitations, "Grants": grants, "Questions": questions, "HeldQuestions": heldQuestions, "DroppedWords": droppedWords,
		"Work": work, "WorkModel": workModel, "OpenAndOwedWork": openAndOwed, "WorkByOp": workByOp,
		"Seals": seals, "Versions": versions, "Settings": settings, "Persons": persons, "Passkeys": passkeys, "Logins": logins,
		"Checkpoints": checkpoints, "Records": records, "Prune": prune, "PruneMany": pruneMany, "NotFound": notFound, "ZeroValues": zeroValues,
		"OneWinner": oneWinner, "SpendWinners": spendWinners,
		"ErrorUndoesOnlyItself": errorIsolation, "SharedCommit": sharedCommit, "Rerun": rerun, "Panic": panics,
		"Context": contexts, "Later": laterOrder, "LaterError": laterError, "Snapshot": snapshot,
		"ChainUnderConcurrency": chainUnderConcurrency, "ChainAfterErrors": chainAfterErrors, "Closed": closed,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			t.Cleanup(func() { s.Close() })
			test(t, s)
		})
	}
	for name, test := range map[string]func(*testing.T, store.Store, func(store.Store) store.Store){
		"Durable": durable, "Backup": backup,
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			test(t, s, func(s store.Store) store.Store {
				s = reopen(t, s)
				t.Cleanup(func() { s.Close() })
				return s
			})
		})
	}
}

// at is a time on the store's grid of milliseconds.
func at(n int) time.Time { return time.UnixMilli(1_790_000_000_123 + int64(n)*1000).UTC() }

func hash(n int) (h [32]byte) {
	h[0], h[30], h[31] = 7, byte(n>>8), byte(n)
	return h
}

func update(t *testing.T, s store.Store, fn func(store.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatalf("Update: %v", err)
	}
}

// pruneAll drops all that is no longer kept.
func pruneAll(t *testing.T, s store.Store, now time.Time) {
	t.Helper()
	update(t, s, func(tx store.Tx) error {
		for {
			if more, err := tx.Prune(now); err != nil || !more {
				return err
			}
		}
	})
}

// get reads one thing in a View of its own.
func get[T any](t *testing.T, s store.Store, fn func(store.Reader) (T, error)) T {
	t.Helper()
	got, err := try(t, s, fn)
	if err != nil {
		t.Fatalf("View: %v", err)
	}
	return got
}

func try[T any](t *testing.T, s store.Store, fn func(store.Reader) (T, error)) (got T, err error) {
	t.Helper()
	err = s.View(t.Context(), func(r store.Reader) (err error) {
		got, err = fn(r)
		return err
	})
	return got, err
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Fatalf("%s: got error %v, want %v", what, got, want)
	}
}

// race runs fn in n updates at once and counts how each ended.
func race(t *testing.T, s store.Store, n int, fn func(i int, tx store.Tx) error) (won int, errs []error) {
	t.Helper()
	var (
		wg sync.WaitGroup
		mu sync.Mutex
	)
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			err := s.Update(t.Context(), func(tx store.Tx) error { return fn(i, tx) })
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else {
				errs = append(errs, err)
			}
		})
	}
	close(start)
	wg.Wait()
	return won, errs
}
