package sqlite

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/privyseal/privyseal/internal/store"
)

// LockFile is the name of the file whose lock says who has the data directory.
const LockFile = "privyseal.lock"

var errLocked = errors.New("locked")

// Lock holds a data directory for a process. The system lets go of it however
// the process ends.
type Lock struct{ f *os.File }

// Hold locks a file in dir, which is made if need be, and writes the number of
// the process that a person would stop into it. Errors wrap [store.ErrInUse].
func Hold(dir, name string, pid int) (*Lock, error) {
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("store: cannot lock the data directory: %w", err)
	}
	if err := lockFile(f); err != nil {
		defer f.Close()
		if !errors.Is(err, errLocked) {
			return nil, fmt.Errorf("store: cannot lock the data directory: %w", err)
		}
		return nil, fmt.Errorf("%w: %s has the data directory %s; stop it first", store.ErrInUse, holder(f), dir)
	}
	text := strconv.Itoa(pid) + "\n"
	_, err = f.WriteAt([]byte(text), 0)
	if err := errors.Join(err, f.Truncate(int64(len(text)))); err != nil {
		f.Close()
		return nil, fmt.Errorf("store: cannot lock the data directory: %w", err)
	}
	return &Lock{f}, nil
}

// holder names the process that wrote its number into the lock file.
func holder(f *os.File) string {
	var buf [20]byte
	n, _ := f.ReadAt(buf[:], 0)
	if pid, err := strconv.Atoi(strings.TrimSpace(string(buf[:n]))); err == nil {
		return "process " + strconv.Itoa(pid)
	}
	return "another process"
}

// Close lets go of it.
func (l *Lock) Close() error { return errors.Join(l.f.Truncate(0), l.f.Close()) }
