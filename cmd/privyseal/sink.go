package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/nostr"
)

// openOutside opens a sink outside the data directory, but not on the network.
func openOutside(where, data string, fresh bool) (keeper.Sink, error) {
	kind, rest, _ := strings.Cut(where, ":")
	switch kind {
	case "file":
		return openFileSink(rest, data, fresh)
	case "syslog":
		return openSyslog()
	}
	return nil, errors.New("a sink is file:/PATH, syslog: or relay:wss://HOST")
}

// checkpoint is a signed checkpoint written anew, and nothing else: whoever
// takes over the keeper writes no other line into a file outside.
func checkpoint(event []byte) ([]byte, error) {
	ev, err := nostr.ParseEvent(event)
	if err != nil || ev.Kind != audit.CheckpointKind {
		return nil, errors.New("this is not a checkpoint of the record")
	}
	return ev.AppendJSON(nil), nil
}

// fileSink is a file on another disk: one checkpoint a line, only ever appended.
// It is opened anew for each, so that a disk that went away is noticed.
type fileSink struct{ path string }

// openFileSink makes the file only when it was set just now: one that is gone
// later is a fault, not a new beginning.
func openFileSink(path, data string, fresh bool) (keeper.Sink, error) {
	path = filepath.Clean(path)
	if !filepath.IsAbs(path) {
		return nil, errors.New("a file is named by its whole path, from /")
	}
	if rel, err := filepath.Rel(data, path); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return nil, errors.New("it is inside the data directory, and lost with it")
	}
	flags := os.O_APPEND | os.O_RDWR
	if fresh {
		flags |= os.O_CREATE
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, plainError(err)
	}
	return fileSink{path}, f.Close()
}

// Put implements [keeper.Sink].
func (s fileSink) Put(_ context.Context, event []byte) error {
	f, err := os.OpenFile(s.path, os.O_APPEND|os.O_RDWR, 0)
	if err != nil {
		return plainError(err)
	}
	err = appendLine(f, event)
	return plainError(errors.Join(err, f.Close()))
}

// appendLine adds a line for good, after what a stop may have left of another.
func appendLine(f interface {
	io.ReaderAt
	io.Writer
	Stat() (fs.FileInfo, error)
	Sync() error
}, event []byte) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	line := append(bytes.Clone(event), '\n')
	if n := info.Size(); info.Mode().IsRegular() && n > 0 {
		var last [1]byte
		if _, err := f.ReadAt(last[:], n-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			line = append([]byte{'\n'}, line...)
		}
	}
	if _, err := f.Write(line); err != nil {
		return err
	}
	return f.Sync()
}

// Close implements [keeper.Sink].
func (fileSink) Close() error { return nil }

// plainError says what is wrong with a file in words.
func plainError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("the file is not there")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("the file cannot be written: permission denied")
	case errors.Is(err, syscall.ENOSPC):
		return errors.New("its disk is full")
	case errors.Is(err, syscall.EROFS):
		return errors.New("its disk is read-only")
	}
	return errors.New(tidy(err))
}
