package keeper_test

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
)

// undoneStore undoes the next decision's commit once, and has something happen
// before it is run again, as when another change spoilt the commit of both.
type undoneStore struct {
	store.Store
	between atomic.Pointer[func()]
}

func (s *undoneStore) around(st store.Store) store.Store {
	s.Store = st
	return s
}

func (s *undoneStore) Update(ctx context.Context, fn func(store.Tx) error) error {
	between := s.between.Load()
	if between == nil {
		return s.Store.Update(ctx, fn)
	}
	decides := false
	err := s.Store.Update(ctx, func(tx store.Tx) error {
		if err := fn(decidingTx{tx, &decides}); err != nil || !decides {
			return err
		}
		return errDisk
	})
	if !decides {
		return err
	}
	s.between.Store(nil)
	(*between)()
	return s.Store.Update(ctx, fn)
}

type decidingTx struct {
	store.Tx
	decides *bool
}

func (t decidingTx) WorkByOp(app string, op [32]byte, at time.Time) (privyseal.Work, error) {
	*t.decides = true
	return t.Tx.WorkByOp(app, op, at)
}

// slowStore keeps what is to be written later, while it is held, and has
// something happen when the next such change is queued.
type slowStore struct {
	store.Store
	queued atomic.Pointer[func()]

	mu   sync.Mutex
	held bool
	kept []func(store.Tx) error
}

func (s *slowStore) around(st store.Store) store.Store {
	s.Store = st
	return s
}

func (s *slowStore) Later(fn func(store.Tx) error) {
	if then := s.queued.Swap(nil); then != nil {
		(*then)()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held {
		s.kept = append(s.kept, fn)
		return
	}
	s.Store.Later(fn)
}

func (s *slowStore) hold(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held = on; on {
		return
	}
	for _, fn := range s.kept {
		s.Store.Later(fn)
	}
	s.kept = nil
}

// lateLooks is a slow store that, once armed, writes what it kept before the change
// that follows so many looks at the open work.
type lateLooks struct {
	slowStore
	looks atomic.Int32
}

func (s *lateLooks) around(st store.Store) store.Store {
	s.slowStore.Store = st
	return s
}

func (s *lateLooks) View(ctx context.Context, fn func(store.Reader) error) error {
	return s.slowStore.View(ctx, func(r store.Reader) error { return fn(lookingReader{r, &s.looks}) })
}

func (s *lateLooks) Update(ctx context.Context, fn func(store.Tx) error) error {
	if s.looks.Load() <= 0 {
		s.hold(false)
	}
	return s.slowStore.Update(ctx, fn)
}

type lookingReader struct {
	store.Reader
	looks *atomic.Int32
}

func (r lookingReader) OpenWork() ([]privyseal.Work, error) {
	r.looks.Add(-1)
	return r.Reader.OpenWork()
}
