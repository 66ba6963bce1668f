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

// dirLock holds a data directory for this process. The system lets go of it
// however the process ends.
type dirLock struct{ f *os.File }

func lockDir(dir string) (*dirLock, error) {
	f, err := os.OpenFile(filepath.Join(dir, LockFile), os.O_CREATE|os.O_RDWR, 0o600)
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
	pid := strconv.Itoa(os.Getpid()) + "\n"
	_, err = f.WriteAt([]byte(pid), 0)
	if err := errors.Join(err, f.Truncate(int64(len(pid)))); err != nil {
		f.Close()
		return nil, fmt.Errorf("store: cannot lock the data directory: %w", err)
	}
	return &dirLock{f}, nil
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

func (l *dirLock) release() {
	l.f.Truncate(0)
	l.f.Close()
}
