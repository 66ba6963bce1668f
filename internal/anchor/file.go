package anchor

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/privyseal/privyseal/internal/audit"
)

// Dir is a directory of marks, one file a vault, private to its owner (0700 and
// 0600). It is made with the first mark.
type Dir string

// maxMark bounds a mark's file.
const maxMark = 4 << 10

// content is a mark's file.
type content struct {
	Vault string    `json:"vault"`
	Epoch uint64    `json:"epoch"`
	Seq   uint64    `json:"seq"`
	Hash  string    `json:"hash"`
	Time  time.Time `json:"time"`
	Proof string    `json:"proof,omitempty"`
}

// Format writes a mark as its file's content.
func Format(m Mark) []byte {
	raw, err := json.MarshalIndent(content{m.Vault, m.Epoch, m.Head.Seq, hex.EncodeToString(m.Head.Hash[:]), m.Time.UTC().Truncate(time.Second), m.Proof}, "", "  ")
	if err != nil { // a year beyond 9999
		panic(err)
	}
	return append(raw, '\n')
}

// Parse reads what [Format] wrote. A proof that does not prove exactly this mark
// is an error, and so is everything else that is not a mark: [ErrSpoiled].
func Parse(b []byte) (Mark, error) {
	m, err := parse(b)
	if err == nil && m.Proof != "" {
		err = m.proven()
	}
	if err != nil {
		return Mark{}, fmt.Errorf("%w: %w", ErrSpoiled, err)
	}
	return m, nil
}

func parse(b []byte) (Mark, error) {
	var c content
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if len(b) > maxMark || d.Decode(&c) != nil {
		return Mark{}, errors.New("not a mark")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Mark{}, errors.New("something after the mark")
	}
	hash, err := hex.DecodeString(c.Hash)
	switch {
	case !validID(c.Vault):
		return Mark{}, errors.New("a mark without a vault")
	case c.Epoch == 0:
		return Mark{}, errors.New("a mark without an epoch")
	case err != nil || len(hash) != 32:
		return Mark{}, errors.New("a mark with a malformed hash")
	}
	return Mark{Vault: c.Vault, Epoch: c.Epoch, Head: audit.Head{Seq: c.Seq, Hash: [32]byte(hash)}, Time: c.Time, Proof: c.Proof}, nil
}

// validID reports whether a vault's id can name a file: 32 hex digits.
func validID(id string) bool {
	raw, err := hex.DecodeString(id)
	return err == nil && len(raw) == 16 && hex.EncodeToString(raw) == id
}

func (d Dir) file(vault string) (string, error) {
	if !validID(vault) {
		return "", fmt.Errorf("anchor: %q is not a vault's id", vault)
	}
	return filepath.Join(string(d), vault+".json"), nil
}

// String implements [Place].
func (d Dir) String() string { return string(d) }

// Load implements [Place].
func (d Dir) Load(vault string) (Mark, error) {
	path, err := d.file(vault)
	if err != nil {
		return Mark{}, err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Mark{}, ErrNone
	}
	if err != nil {
		return Mark{}, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxMark+1))
	if err != nil {
		return Mark{}, err
	}
	m, err := Parse(raw)
	if err == nil && m.Vault != vault {
		err = fmt.Errorf("%w: it is another vault's", ErrSpoiled)
	}
	if err != nil {
		return Mark{}, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// Save implements [Place]: a new file is synced and then takes the old one's
// name, so that a stop at any moment leaves the one or the other.
func (d Dir) Save(m Mark) error {
	path, err := d.file(m.Vault)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(string(d), 0o700); err != nil {
		return err
	}
	// One name for all tries, so that stops do not leave files behind. A vault has
	// one writer: whoever holds its data directory.
	f, err := os.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(Format(m)); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(string(d))
}

// syncDir makes a rename last, where the system can.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
