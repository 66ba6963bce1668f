package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"runtime"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/vault"
)

// maxSecretFile bounds a file with a passphrase, key or key material.
const maxSecretFile = 1 << 20

// secretFile reads a file whole; "-" is standard input.
func (m *Main) secretFile(path, what string) (vault.Secret, error) {
	var r io.Reader = m.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fileError(path, what, err)
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return nil, fileError(path, what, err)
		}
		if info.IsDir() {
			return nil, fail(privyseal.KindInvalid, "the "+what+" "+path+" is a directory", "name a file")
		}
		if runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
			m.warn("other users of this computer can read the %s %s; close it with: chmod 600 %s", what, path, path)
		}
		r = f
	}
	b, err := io.ReadAll(io.LimitReader(r, maxSecretFile+1))
	switch {
	case err != nil:
		return nil, fileError(path, what, err)
	case len(b) > maxSecretFile:
		return nil, fail(privyseal.KindInvalid, "the "+what+" "+path+" is larger than 1 MiB", "is it the right file?")
	case len(b) == 0:
		return nil, fail(privyseal.KindInvalid, "the "+what+" "+path+" is empty", "is it the right file?")
	}
	return b, nil
}

// passphraseFile reads a passphrase: the file without its last line end.
func (m *Main) passphraseFile(path string) (vault.Secret, error) {
	b, err := m.secretFile(path, "passphrase file")
	if err != nil {
		return nil, err
	}
	b = bytes.TrimSuffix(b, []byte("\n"))
	b = bytes.TrimSuffix(b, []byte("\r"))
	if len(b) == 0 {
		return nil, fail(privyseal.KindInvalid, "the passphrase file "+path+" is empty", "is it the right file?")
	}
	return b, nil
}

// keyFile reads key material, taken exactly as it is.
func (m *Main) keyFile(path string) (vault.Secret, error) {
	b, err := m.secretFile(path, "key file")
	if err != nil {
		return nil, err
	}
	if len(b) < vault.MinKeyMaterial {
		return nil, fail(privyseal.KindInvalid, "the key file "+path+" is shorter than 32 bytes", "make one with: head -c 32 /dev/urandom > FILE")
	}
	return b, nil
}

func fileError(path, what string, err error) error {
	hint := "is it the right file?"
	why := "cannot be read"
	switch {
	case errors.Is(err, os.ErrNotExist):
		why = "does not exist"
		if what == "key file" {
			hint = "make one with: (umask 077; head -c 32 /dev/urandom > " + path + ")"
		}
	case errors.Is(err, os.ErrPermission):
		why, hint = "cannot be read: permission denied", "look at its owner and permissions"
	}
	return fail(privyseal.KindNotFound, "the "+what+" "+path+" "+why, hint)
}
