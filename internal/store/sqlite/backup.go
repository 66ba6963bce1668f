package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/privyseal/privyseal/internal/store"
)

// Backup implements [store.Store]. The file must not exist yet; it appears
// whole or not at all. It is what Open opens under the name [File].
func (s *Store) Backup(ctx context.Context, path string) error {
	if err := s.Flush(ctx); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return store.ErrClosed
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	if err := errors.Join(f.Close(), keepCopy(s.path, path)); err != nil {
		return errors.Join(fmt.Errorf("store: backup: %w", err), os.Remove(path))
	}
	return nil
}

// keepCopy writes a consistent copy of the database at from to the file to,
// over what is there.
func keepCopy(from, to string) error {
	part := to + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	f.Close()
	if err := vacuumInto(from, part); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	if err := errors.Join(syncFile(part), os.Rename(part, to)); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	if runtime.GOOS == "windows" { // has no handle on a directory to sync
		return nil
	}
	return syncFile(filepath.Dir(to))
}

func vacuumInto(from, to string) error {
	c, err := readOnly(from)
	if err != nil {
		return err
	}
	_, err = c.exec(`VACUUM INTO ?`, to)
	return errors.Join(err, c.close())
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
