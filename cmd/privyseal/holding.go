package main

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/store/sqlite"
)

// upLock is what a running signer holds, for as long as any part of it may be
// started anew. The store's own lock is its keeper's.
const upLock = "privyseal.up.lock"

// letGoFor is how long the parts of a signer that was just killed may take to
// let go of its directory and its address.
const letGoFor = 2 * time.Second

// hold takes the data directory for this process. One that another has is
// refused with that one's number; the parts of one that was killed are waited
// for.
func hold(ctx context.Context, dir string) (*sqlite.Lock, error) {
	lock, err := sqlite.Hold(dir, upLock, os.Getpid())
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(letGoFor); ; {
		other, err := sqlite.Hold(dir, sqlite.LockFile, os.Getpid())
		if err == nil {
			return lock, other.Close()
		}
		if !errors.Is(err, store.ErrInUse) || time.Now().After(deadline) || pause(ctx) != nil {
			return nil, errors.Join(err, lock.Close())
		}
	}
}

// pause is the wait between two looks.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(10 * time.Millisecond):
		return nil
	}
}

// locks are all that a running signer holds.
type locks []io.Closer

// Close lets go of them.
func (l locks) Close() error {
	var errs []error
	for _, c := range l {
		errs = append(errs, c.Close())
	}
	return errors.Join(errs...)
}

// lockData holds the data directory as a running signer does, whatever state
// the database is in.
func lockData(dir string) (io.Closer, error) {
	var held locks
	for _, name := range []string{upLock, sqlite.LockFile} {
		l, err := sqlite.Hold(dir, name, os.Getpid())
		if errors.Is(err, store.ErrInUse) {
			return nil, errors.Join(fail(privyseal.KindBusy, "the signer is running on "+dir, "stop it first"), held.Close())
		} else if err != nil {
			return nil, errors.Join(dirError(dir, err), held.Close())
		}
		held = append(held, l)
	}
	return held, nil
}
