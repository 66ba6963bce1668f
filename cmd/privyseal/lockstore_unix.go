//go:build unix

package main

import (
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store/sqlite"
)

// lockStore holds the data directory as a running signer does, whatever state
// the database is in.
func lockStore(dir string) (io.Closer, error) {
	f, err := os.OpenFile(filepath.Join(dir, sqlite.LockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, dirError(dir, err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, errRunning(dir)
	}
	return f, nil
}

func errRunning(dir string) error {
	return fail(privyseal.KindBusy, "the signer is running on "+dir, "stop it first")
}
