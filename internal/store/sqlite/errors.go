package sqlite

import (
	"errors"
	"fmt"

	"github.com/privyseal/privyseal/internal/store"
)

// SQLite's result codes, primary and extended.
const (
	resultOK         = 0
	resultError      = 1
	resultPerm       = 3
	resultReadonly   = 8
	resultIOErr      = 10
	resultCorrupt    = 11
	resultFull       = 13
	resultCantOpen   = 14
	resultTooBig     = 18
	resultConstraint = 19
	resultMismatch   = 20
	resultMisuse     = 21
	resultRange      = 25
	resultNotADB     = 26

	resultPrimaryKey = resultConstraint | 6<<8
	resultUnique     = resultConstraint | 8<<8
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
	case resultOK, resultError, resultConstraint, resultTooBig, resultMismatch, resultRange, resultMisuse:
		return false
	}
	return true
}

// explain puts what a person can do before what the engine said.
func explain(err error) error {
	switch code(err) & 0xff {
	case resultFull:
		return fmt.Errorf("store: the disk is full, nothing was written; make room: %w", err)
	case resultIOErr:
		return fmt.Errorf("store: the disk failed, nothing was written; look at its health and make a backup: %w", err)
	case resultCorrupt, resultNotADB:
		return fmt.Errorf("%w; restore a backup, the file was left as it is: %w", ErrDamaged, err)
	case resultReadonly, resultPerm, resultCantOpen:
		return fmt.Errorf("store: the database cannot be opened or written; look at the permissions of the data directory: %w", err)
	}
	switch code(err) {
	case resultUnique, resultPrimaryKey:
		return store.ErrDuplicate
	}
	return err
}
