package stage

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"

	"github.com/privyseal/privyseal/nostr"
)

// cast are the keys of who is there before anybody comes.
type cast struct {
	board, bea, tips, wallet, client nostr.SecretKey
}

func (c *cast) all() []*nostr.SecretKey {
	return []*nostr.SecretKey{&c.board, &c.bea, &c.tips, &c.wallet, &c.client}
}

const keyFile = "demo-keys"

// meet makes the keys, or reads those that were kept in a directory.
func meet(dir string) (*cast, error) {
	c := &cast{}
	path := filepath.Join(dir, keyFile)
	if dir != "" {
		raw, err := os.ReadFile(path)
		if err == nil {
			return c, c.read(raw)
		}
		if !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	var text bytes.Buffer
	for _, k := range c.all() {
		var err error
		if *k, err = nostr.GenerateSecretKey(); err != nil {
			return nil, err
		}
		text.WriteString(hex.EncodeToString(k[:]) + "\n")
	}
	if dir == "" {
		return c, nil
	}
	return c, os.WriteFile(path, text.Bytes(), 0o600)
}

func (c *cast) read(raw []byte) error {
	lines := bytes.Fields(raw)
	if len(lines) != len(c.all()) {
		return errors.New("the file " + keyFile + " of the demo is damaged; remove it to begin anew")
	}
	for i, k := range c.all() {
		var err error
		if *k, err = nostr.ParseSecretKey(string(lines[i])); err != nil {
			return errors.New("the file " + keyFile + " of the demo is damaged; remove it to begin anew")
		}
	}
	return nil
}
