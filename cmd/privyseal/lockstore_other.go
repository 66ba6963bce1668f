//go:build !unix

package main

import (
	"io"
	"os"
	"path/filepath"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store/sqlite"
)

// lockStore holds the data directory as far as this system allows: a running
// signer keeps its lock file from being opened.
func lockStore(dir string) (io.Closer, error) {
	f, err := os.OpenFile(filepath.Join(dir, sqlite.LockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fail(privyseal.KindBusy, "the signer is running on "+dir, "stop it first")
	}
	return f, nil
}
