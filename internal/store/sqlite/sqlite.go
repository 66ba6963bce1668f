// Package sqlite is the embedded store: one SQLite file in a locked data
// directory, one writer whose callers share commits, and readers that never
// wait for it. A commit is synced before anybody hears of it. It refuses a
// directory that another process holds, a file that a newer version made, and
// a file that is damaged (which it leaves as it was).
package sqlite

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/privyseal/privyseal/internal/store"
)

// File is the database's name in the data directory.
const File = "privyseal.db"

// Options are what a caller may choose. The zero value is ready for use.
type Options struct {
	// OnError hears of every change queued with Later that was lost or could
	// not yet be written. It runs on the writer: it must not block, nor call
	// the store.
	OnError func(error)
	// PID is the process that a person would stop, and that the lock names; 0 is
	// this one.
	PID int
}

// Store is a [store.Store] in one file.
type Store struct {
	path    string
	lock    *Lock
	w       *writer
	readers chan *conn // a slot for each; nil: not open yet
	closing chan struct{}
	mu      sync.RWMutex // held for reading while something is put into the queue
	closed  bool
}

var _ store.Store = (*Store)(nil)

// maxReaders bounds how many Views run at once.
const maxReaders = 4

// Open opens the store in dir, makes it when there is none, and migrates an
// older one after keeping a copy. Errors wrap [store.ErrInUse],
// [store.ErrNewer] or [ErrDamaged].
func Open(ctx context.Context, dir string, opts Options) (*Store, error) {
	return open(ctx, dir, opts, release)
}

func open(ctx context.Context, dir string, opts Options, s schema) (_ *Store, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("store: cannot make the data directory: %w", err)
	}
	lock, err := Hold(dir, LockFile, cmp.Or(opts.PID, os.Getpid()))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = lock.Close()
		}
	}()
	path := filepath.Join(dir, File)
	if err := s.prepare(ctx, path); err != nil {
		return nil, err
	}
	c, err := dial(writing(path))
	if err != nil {
		return nil, err
	}
	w, err := newWriter(c, path, opts.OnError)
	if err != nil {
		return nil, errors.Join(err, c.close())
	}
	st := &Store{path: path, lock: lock, w: w, readers: make(chan *conn, maxReaders), closing: make(chan struct{})}
	for range maxReaders {
		st.readers <- nil
	}
	return st, nil
}

// View implements [store.Store].
func (s *Store) View(ctx context.Context, fn func(store.Reader) error) error {
	var c *conn
	select {
	case <-s.closing:
		return store.ErrClosed
	default:
	}
	select {
	case c = <-s.readers:
	case <-s.closing:
		return store.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { s.readers <- c }()
	if c == nil {
		opened, err := dial(reading(s.path))
		if err != nil {
			return err
		}
		c = opened
	}
	return c.view(s.w.tx.known, fn)
}

// view runs fn on one snapshot.
func (c *conn) view(k *known, fn func(store.Reader) error) error {
	if _, err := c.exec(`BEGIN`); err != nil {
		return err
	}
	defer c.exec(`ROLLBACK`)
	return fn(&reader{c, k})
}

// Update implements [store.Store]. A ctx that ends while fn waits for its turn
// means fn never runs; once it runs, its outcome is awaited. A panic in fn
// comes out here. As fn may run for another caller, it must not end its goroutine
// (runtime.Goexit, t.Fatal).
func (s *Store) Update(ctx context.Context, fn func(store.Tx) error) error {
	return s.wait(ctx, &job{fn: fn, done: make(chan error, 1), bulk: store.InBulk(ctx)})
}

// Flush implements [store.Store].
func (s *Store) Flush(ctx context.Context) error {
	return s.wait(ctx, &job{done: make(chan error, 1)})
}

// Later implements [store.Store]. What could not be written is tried again
// with each commit, and at least once a second.
func (s *Store) Later(fn func(store.Tx) error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		s.w.onError(store.ErrClosed)
		return
	}
	_, _ = s.w.queue.push(context.Background(), &job{fn: fn}) // never ends early
}

func (s *Store) wait(ctx context.Context, j *job) error {
	own, err := s.enqueue(ctx, j)
	switch {
	case err != nil:
		return err
	case own != nil:
		s.w.write(own)
	}
	select {
	case err := <-j.done:
		return j.outcome(err)
	case <-ctx.Done():
	}
	if s.w.queue.withdraw(j) {
		return ctx.Err()
	}
	return j.outcome(<-j.done)
}

func (s *Store) enqueue(ctx context.Context, j *job) (own []*job, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return nil, store.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return s.w.queue.push(ctx, j)
}

// Healthy implements [store.Store].
func (s *Store) Healthy() error {
	if err := s.w.sick.Load(); err != nil {
		return *err
	}
	return nil
}

// Close implements [store.Store]. It waits for Views that are running.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return store.ErrClosed
	}
	s.closed = true
	close(s.closing)
	s.mu.Unlock()
	var errs []error
	for range maxReaders {
		if c := <-s.readers; c != nil {
			errs = append(errs, c.close())
		}
	}
	return errors.Join(append(errs, s.w.close(), s.lock.Close())...)
}

// readOnly opens a connection for one look at a file.
func readOnly(path string) (*conn, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("store: no database here: %w", err)
	}
	return dial(reading(path))
}

// reader implements [store.Reader] on a connection.
type reader struct {
	c     *conn
	known *known // nil: there is none, rows are looked through
}

// tx implements [store.Tx]. Its head runs ahead of the committed one.
type tx struct {
	reader
	head   store.Head
	noted  blockApps
	pruned bool   // work may be gone, which known is not told of yet
	body   []byte // of the record that is written, reused
}
