package sqlite

import (
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/internal/store"
)

// maxKept bounds the jobs of Later kept while nothing can be written.
const maxKept = 8192

// writer owns the one connection that writes. Its methods but close are for who
// has a batch out of the queue.
type writer struct {
	c         *conn
	queue     *queue
	kept      []*job // of Later, which a fault did not let be written
	head      store.Head
	tx        tx
	sick      atomic.Pointer[error]
	report    func(error)
	wal       *walKeeper
	stopped   chan struct{}
	lastFault error
	commits   atomic.Int64
}

func newWriter(c *conn, path string, report func(error)) (*writer, error) {
	head, err := (&reader{c: c}).Head()
	if err != nil {
		return nil, fmt.Errorf("store: reading the head: %w", err)
	}
	known, err := loadKnown(c)
	if err != nil {
		return nil, fmt.Errorf("store: reading what work there is: %w", err)
	}
	wal, err := newWALKeeper(path)
	if err != nil {
		return nil, errors.Join(err, known.close())
	}
	w := &writer{
		c: c, queue: newQueue(), head: head,
		tx:     tx{reader: reader{c, known}, noted: blockApps{apps: map[string]bool{}}},
		report: report, wal: wal, stopped: make(chan struct{}),
	}
	go w.run()
	return w, nil
}

func (w *writer) onError(err error) {
	if w.report != nil {
		w.report(err)
	}
}

// run commits batches until the queue has ended and is empty. What is queued while
// one batch is synced is the next one.
func (w *writer) run() {
	defer close(w.stopped)
	for open := true; open; {
		var batch []*job
		batch, open = w.queue.next()
		w.write(batch)
	}
	for range w.kept {
		w.onError(fmt.Errorf("store: a change was lost: %w", w.lastFault))
	}
}

// write commits a batch out of the queue, behind what could not be written before.
func (w *writer) write(batch []*job) {
	all := batch
	if len(w.kept) > 0 {
		all = append(w.kept, batch...)
		w.kept = nil
	}
	w.commit(all)
	w.queue.release(batch, w.sick.Load() != nil)
}

// commit writes a batch and tells everybody.
func (w *writer) commit(batch []*job) {
	again, fault := w.attempt(batch, false)
	if again {
		_, fault = w.attempt(batch, true)
	}
	if fault != nil {
		w.rollback()
		if w.sick.Swap(&fault) == nil {
			w.onError(fault)
		}
		w.lastFault = fault
	} else {
		w.sick.Store(nil)
		w.wal.wrote(w.c)
	}
	for _, j := range batch {
		switch {
		case j.done != nil && fault != nil:
			j.done <- fault
		case j.done != nil:
			j.done <- j.err
		case fault != nil && len(w.kept) < maxKept:
			j.err = nil
			w.kept = append(w.kept, j)
		case fault != nil:
			w.onError(fmt.Errorf("store: a change was lost: %w", fault))
		case j.err != nil:
			w.onError(fmt.Errorf("store: a queued change failed: %w", j.err))
		}
	}
}

// attempt runs a batch in one transaction. Unguarded, an fn that fails after it
// changed something spoils the transaction: again says so, and everything is
// undone. Guarded, each fn runs within a savepoint and undoes only itself.
func (w *writer) attempt(batch []*job, guarded bool) (again bool, fault error) {
	failpoint.Hit(failpoint.Begin)
	w.c.fault = nil
	if _, err := w.c.exec(`BEGIN IMMEDIATE`); err != nil {
		return false, err
	}
	w.tx.head = w.head
	for _, j := range batch {
		if j.fn == nil {
			continue
		}
		undo, err := w.call(j, guarded)
		if err != nil {
			return false, err
		}
		if undo {
			return true, w.rollback()
		}
	}
	if w.tx.head != w.head || w.sick.Load() != nil { // a sick file is probed
		if err := w.c.saveHead(w.tx.head); err != nil {
			return false, err
		}
	}
	failpoint.Hit(failpoint.Commit)
	if _, err := w.c.exec(`COMMIT`); err != nil {
		return false, err
	}
	failpoint.Hit(failpoint.Committed)
	w.head = w.tx.head
	w.commits.Add(1)
	if w.tx.pruned {
		w.tx.pruned = w.tx.known.sweep(w.c) != nil
	}
	return false, nil
}

func (w *writer) rollback() error {
	w.tx.noted.forget()
	_, err := w.c.exec(`ROLLBACK`)
	return err
}

// call runs one fn. It answers whether the whole transaction must be undone for
// it, and the engine's fault if there was one, even when fn overlooked it.
func (w *writer) call(j *job, guarded bool) (undo bool, fault error) {
	if guarded {
		if _, err := w.c.exec(`SAVEPOINT job`); err != nil {
			return false, err
		}
	}
	head, wrote := w.tx.head, w.c.wrote
	j.err = j.run(&w.tx)
	switch {
	case w.c.fault != nil:
		return false, w.c.fault
	case j.err != nil && w.c.wrote != wrote:
		w.tx.head = head
		w.tx.noted.forget()
		if !guarded {
			return true, nil
		}
		if _, err := w.c.exec(`ROLLBACK TO job`); err != nil {
			return false, err
		}
	}
	if guarded {
		if _, err := w.c.exec(`RELEASE job`); err != nil {
			return false, err
		}
	}
	return false, nil
}

var errPanic = errors.New("it panicked")

func (j *job) run(x *tx) (err error) {
	j.panicked = nil
	defer func() {
		if p := recover(); p != nil {
			j.panicked, err = p, errPanic
		}
	}()
	return j.fn(x)
}

// close commits what is queued, moves the log into the file and closes it.
func (w *writer) close() error {
	w.queue.end()
	<-w.stopped
	errs := []error{w.wal.close()}
	if len(w.kept) > 0 {
		errs = append(errs, fmt.Errorf("store: %d changes were lost: %w", len(w.kept), w.lastFault))
	}
	if _, _, err := w.c.checkpoint("TRUNCATE"); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(append(errs, w.c.close(), w.tx.known.close())...)
}
