package keeper_test

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

var errDisk = errors.New("no space left on device")

// badStore is a store whose commits can be made to fail, and that can be sick.
type badStore struct {
	store.Store
	bad, sick atomic.Bool
}

func (s *badStore) Healthy() error {
	if s.sick.Load() {
		return errDisk
	}
	return s.Store.Healthy()
}

func (s *badStore) around(st store.Store) store.Store {
	s.Store = st
	return s
}

// Update runs fn and then fails to commit it, as a full disk does.
func (s *badStore) Update(ctx context.Context, fn func(store.Tx) error) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		if err := fn(tx); err != nil || !s.bad.Load() {
			return err
		}
		return errDisk
	})
}

// brokenStore is a store of which one step of a commit can be made to fail.
type brokenStore struct {
	store.Store
	step atomic.Value // its name
}

func (s *brokenStore) around(st store.Store) store.Store {
	s.Store = st
	s.step.Store("")
	return s
}

func (s *brokenStore) Update(ctx context.Context, fn func(store.Tx) error) error {
	return s.Store.Update(ctx, func(tx store.Tx) error { return fn(brokenTx{tx, s.step.Load().(string)}) })
}

type brokenTx struct {
	store.Tx
	step string
}

func (t brokenTx) fails(step string) error {
	if t.step == step {
		return errDisk
	}
	return nil
}

func (t brokenTx) Work(app string, event nostr.ID) (privyseal.Work, error) {
	w, err := t.Tx.Work(app, event)
	return w, cmp.Or(t.fails("Work"), err)
}

func (t brokenTx) WorkByOp(app string, op [32]byte, at time.Time) (privyseal.Work, error) {
	w, err := t.Tx.WorkByOp(app, op, at)
	return w, cmp.Or(t.fails("WorkByOp"), err)
}

func (t brokenTx) Question(id string) (privyseal.Question, error) {
	q, err := t.Tx.Question(id)
	return q, cmp.Or(t.fails("Question"), err)
}

func (t brokenTx) Spend(grant string, window time.Time, n int) error {
	return cmp.Or(t.fails("Spend"), t.Tx.Spend(grant, window, n))
}

func (t brokenTx) AskQuestion(q privyseal.Question) error {
	return cmp.Or(t.fails("AskQuestion"), t.Tx.AskQuestion(q))
}

func (t brokenTx) PutVersion(v privyseal.Version) error {
	return cmp.Or(t.fails("PutVersion"), t.Tx.PutVersion(v))
}

func (t brokenTx) AddWork(w privyseal.Work) error {
	return cmp.Or(t.fails("AddWork"), t.Tx.AddWork(w))
}

// stuckStore holds every commit back while it is held.
type stuckStore struct {
	mu      sync.RWMutex
	waiting atomic.Int32
	bulk    atomic.Int32 // that gave way to others
}

func (s *stuckStore) around(st store.Store) store.Store { return &heldStore{st, s} }

// lateStore keeps the caller of the next commit waiting after it.
type lateStore struct {
	store.Store
	next atomic.Pointer[chan struct{}]
	done atomic.Bool
}

func (s *lateStore) around(st store.Store) store.Store {
	s.Store = st
	return s
}

func (s *lateStore) Update(ctx context.Context, fn func(store.Tx) error) error {
	err := s.Store.Update(ctx, fn)
	if wait := s.next.Swap(nil); wait != nil {
		s.done.Store(true)
		<-*wait
	}
	return err
}

func (s *stuckStore) hold() (release func()) {
	s.mu.Lock()
	return s.mu.Unlock
}

type heldStore struct {
	store.Store
	by *stuckStore
}

func (s *heldStore) Update(ctx context.Context, fn func(store.Tx) error) error {
	if store.InBulk(ctx) {
		s.by.bulk.Add(1)
	}
	s.by.waiting.Add(1)
	s.by.mu.RLock()
	s.by.waiting.Add(-1)
	defer s.by.mu.RUnlock()
	return s.Store.Update(ctx, fn)
}

// afterwards is a store that has something happen, once, when a question is on
// record, or a decision to do something.
type afterwards struct {
	store.Store
	asked, allowed atomic.Pointer[func()]
}

func (s *afterwards) around(st store.Store) store.Store {
	s.Store = st
	return s
}

func (s *afterwards) Update(ctx context.Context, fn func(store.Tx) error) error {
	var tx afterTx
	err := s.Store.Update(ctx, func(inner store.Tx) error {
		tx = afterTx{Tx: inner}
		return fn(&tx)
	})
	var do *func()
	switch {
	case err != nil:
	case tx.asked:
		do = s.asked.Swap(nil)
	case tx.allowed:
		do = s.allowed.Swap(nil)
	}
	if do != nil {
		(*do)()
	}
	return err
}

type afterTx struct {
	store.Tx
	asked, allowed bool
}

func (t *afterTx) AskQuestion(q privyseal.Question) error {
	t.asked = true
	return t.Tx.AskQuestion(q)
}

func (t *afterTx) AppendRecord(r privyseal.Record) (privyseal.Record, error) {
	t.allowed = t.allowed || r.Phase == privyseal.PhaseDecided && r.Verdict == privyseal.Allow
	return t.Tx.AppendRecord(r)
}
