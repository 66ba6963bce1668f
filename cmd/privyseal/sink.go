package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/privyseal/privyseal/internal/keeper"
	"github.com/privyseal/privyseal/internal/link"
	"github.com/privyseal/privyseal/nostr"
)

// openSink opens what the setting "sink" names.
func (h *house) openSink(where string, fresh bool) (keeper.Sink, error) {
	kind, rest, _ := strings.Cut(where, ":")
	switch kind {
	case "file":
		return openFileSink(rest, h.dir, fresh)
	case "syslog":
		return openSyslog()
	case "relay":
		return relaySink{url: rest, dialer: h.dialer()}, nil
	}
	return nil, errors.New("a sink is file:/PATH, syslog: or relay:wss://HOST")
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

// relaySink is a relay that keeps checkpoints.
type relaySink struct {
	url    string
	dialer *link.Dialer
}

// Put implements [keeper.Sink]: what the relay says OK to, it has.
func (s relaySink) Put(ctx context.Context, event []byte) error {
	ev, err := nostr.ParseEvent(event)
	if err != nil {
		return err
	}
	conn, err := link.Dial(ctx, s.url, link.Options{Dialer: s.dialer, Typed: true})
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.Send(&nostr.ClientMessage{Label: nostr.LabelEvent, Event: ev}); err != nil {
		return err
	}
	for {
		m, err := conn.Read(ctx)
		if err != nil {
			return fmt.Errorf("the relay did not answer: %w", err)
		}
		if m.Label != nostr.LabelOK || m.ID != ev.ID {
			continue
		}
		if !m.OK {
			return errors.New("the relay refuses it: " + printable(m.Message))
		}
		return nil
	}
}

// Close implements [keeper.Sink].
func (relaySink) Close() error { return nil }
