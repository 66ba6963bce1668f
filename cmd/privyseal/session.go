package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/nostr"
)

// sessionFile keeps one client session between calls. It is a secret.
type sessionFile struct{ path string }

// begun is a session file before its first connect succeeded: the key alone, so
// that a connect that failed half-way can be repeated with the same link.
type begun struct {
	Begun string `json:"begun_with_key"`
}

// sessionFile names the file: as the person says, or by the link.
func (m *Main) sessionFile(path, uri string) (sessionFile, error) {
	if path != "" {
		return sessionFile{path}, nil
	}
	dir, err := m.dataDir()
	if err != nil {
		return sessionFile{}, err
	}
	sum := sha256.Sum256([]byte(uri))
	return sessionFile{filepath.Join(dir, "clients", hex.EncodeToString(sum[:8])+".json")}, nil
}

// open resumes the session of the file, or begins one with the link.
func (f sessionFile) open(ctx context.Context, uri string, o client.Options) (*client.Session, error) {
	kept, err := os.ReadFile(f.path)
	defer clear(kept)
	var b begun
	switch {
	case errors.Is(err, os.ErrNotExist):
		if o.ClientKey, err = nostr.GenerateSecretKey(); err != nil {
			return nil, err
		}
		if b.Begun = hex.EncodeToString(o.ClientKey[:]); f.save(b) != nil {
			return nil, fail(privyseal.KindInvalid, "the session file "+f.path+" cannot be written", "choose another one with --session FILE")
		}
	case err != nil:
		return nil, fileError(f.path, "session file", err)
	case json.Unmarshal(kept, &b) == nil && b.Begun != "":
		if o.ClientKey, err = nostr.ParseSecretKey(b.Begun); err != nil {
			return nil, f.damaged()
		}
	default:
		s, err := client.Resume(kept, o)
		if err != nil {
			return nil, f.damaged()
		}
		return s, nil
	}
	s, err := client.Connect(ctx, uri, o)
	if err != nil {
		if !errors.Is(err, client.ErrNoAnswer) { // it may yet have been heard
			_ = f.forget()
		}
		return nil, err
	}
	return s, f.keep(s)
}

func (f sessionFile) damaged() error {
	return fail(privyseal.KindInvalid, "the session file "+f.path+" holds no session", "remove it, and connect with a new link")
}

// keep writes the session as it is now.
func (f sessionFile) keep(s *client.Session) error {
	saved, err := s.Export()
	if err != nil {
		return err
	}
	defer clear(saved)
	return f.write(saved)
}

func (f sessionFile) save(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	defer clear(b)
	return f.write(b)
}

func (f sessionFile) write(b []byte) error {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	_, err := writeWhole(f.path, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
	return err
}

func (f sessionFile) forget() error { return os.Remove(f.path) }
