package keeper_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/privyseal/privyseal/internal/store"
)

var errDisk = errors.New("no space left on device")

// badStore is a store whose commits can be made to fail.
type badStore struct {
	store.Store
	bad atomic.Bool
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

// stuckStore holds every commit back while it is held.
type stuckStore struct {
	mu      sync.RWMutex
	waiting atomic.Int32
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
	s.by.waiting.Add(1)
	s.by.mu.RLock()
	s.by.waiting.Add(-1)
	defer s.by.mu.RUnlock()
	return s.Store.Update(ctx, fn)
}
