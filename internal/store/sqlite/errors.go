package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/privyseal/privyseal/internal/store"
)

// ErrDamaged is in the chain of every error that means the file itself is
// broken.
var ErrDamaged = errors.New("store: the database is damaged")

// failed explains err and remembers it when it is the engine's fault: nothing
// more may then be committed on top of it.
func (c *conn) failed(err error) error {
	if c.fault == nil && isFault(err) {
		c.fault = explain(err)
	}
	return explain(err)
}

// isFault tells a broken disk or file from a statement that just cannot be.
func isFault(err error) bool {
	switch code(err) & 0xff {
	case lib.SQLITE_OK, lib.SQLITE_ERROR, lib.SQLITE_CONSTRAINT, lib.SQLITE_TOOBIG, lib.SQLITE_MISMATCH, lib.SQLITE_RANGE, lib.SQLITE_MISUSE:
		return false
	}
	return true
}

// explain puts what a person can do before what the engine said.
func explain(err error) error {
	switch code(err) & 0xff {
	case lib.SQLITE_FULL:
		return fmt.Errorf("store: the disk is full, nothing was written; make room: %w", err)
	case lib.SQLITE_IOERR:
		return fmt.Errorf("store: the disk failed, nothing was written; look at its health and make a backup: %w", err)
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return fmt.Errorf("%w; restore a backup, the file was left as it is: %w", ErrDamaged, err)
	case lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_CANTOPEN:
		return fmt.Errorf("store: the database cannot be opened or written; look at the permissions of the data directory: %w", err)
	}
	switch code(err) {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY:
		return store.ErrDuplicate
	}
	return err
}

func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return lib.SQLITE_OK
}
