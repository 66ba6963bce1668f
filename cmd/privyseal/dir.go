package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/privyseal/privyseal"
)

// socketName is the control socket in the data directory.
const socketName = "control.sock"

// maxSocketPath is the longest path a unix socket may have everywhere.
const maxSocketPath = 103

// dataDir is the data directory, which need not exist.
func (m *Main) dataDir() (string, error) {
	dir := m.cli.Data
	if dir == "" {
		dir = m.Getenv("PRIVYSEAL_DATA")
	}
	if dir == "" {
		base := m.Getenv("XDG_DATA_HOME")
		switch {
		case filepath.IsAbs(base):
		case runtime.GOOS == "windows" && m.Getenv("LOCALAPPDATA") != "":
			base = m.Getenv("LOCALAPPDATA")
		case m.Getenv("HOME") != "":
			base = filepath.Join(m.Getenv("HOME"), ".local", "share")
		default:
			return "", usage("there is no home directory to keep data in", "say where with --data DIR")
		}
		dir = filepath.Join(base, "privyseal")
	}
	return filepath.Abs(dir)
}

// needDir makes the data directory, private to its owner.
func (m *Main) needDir() (string, error) {
	dir, err := m.dataDir()
	if err != nil {
		return "", err
	}
	if len(filepath.Join(dir, socketName)) > maxSocketPath {
		return "", usage("the path of the data directory is too long for a control socket: "+dir, "choose a shorter one with --data DIR")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", dirError(dir, err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return "", dirError(dir, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		m.warn("other users of this computer can look into %s; close it with: chmod 700 %s", dir, dir)
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return "", dirError(dir, err)
	}
	return dir, errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func dirError(dir string, err error) error {
	why := "cannot be used"
	switch {
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, os.ErrExist):
		why = "cannot be used: there is a file in its place"
	case errors.Is(err, os.ErrPermission):
		why = "cannot be written: permission denied"
	case errors.Is(err, syscall.ENOSPC):
		why = "cannot be written: the disk is full"
	case errors.Is(err, syscall.EROFS):
		why = "cannot be written: the disk is read-only"
	}
	return fail(privyseal.KindInvalid, "the data directory "+dir+" "+why, "choose another one with --data DIR")
}

// hasStore reports whether a database is in the directory.
func hasStore(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// tilde shortens a path for people.
func (m *Main) tilde(path string) string {
	if home := m.Getenv("HOME"); len(home) > 1 && strings.HasPrefix(path, home+string(filepath.Separator)) {
		return "~" + path[len(home):]
	}
	return path
}
