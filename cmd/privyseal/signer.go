package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"path/filepath"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// callFor is how long a control call may take; relays are tested and keys
// derived within it.
const callFor = 2 * time.Minute

// errNotRunning says that no signer has the data directory.
var errNotRunning = errors.New("the signer is not running")

// dial connects to the running signer.
func (m *Main) dial(ctx context.Context) (*control.Client, error) {
	dir, err := m.dataDir()
	if err != nil {
		return nil, err
	}
	return m.dialIn(ctx, dir)
}

// dialIn connects to the signer that runs on a directory.
func (m *Main) dialIn(ctx context.Context, dir string) (*control.Client, error) {
	path := filepath.Join(dir, socketName)
	if len(path) > maxSocketPath {
		return nil, usage("the path of the data directory is too long for a control socket: "+dir, "choose a shorter one with --data DIR")
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, notRunning(dir)
	}
	return control.NewClient(conn), nil
}

func notRunning(dir string) error {
	return errors.Join(errNotRunning, fail(privyseal.KindNotFound, "the signer is not running on "+dir,
		"start it with: privyseal up (or name its directory with --data DIR)"))
}

// ask makes one call to the running signer.
func ask[R any](ctx context.Context, m *Main, verb string, args any) (R, error) {
	dir, err := m.dataDir()
	if err != nil {
		var none R
		return none, err
	}
	return askIn[R](ctx, m, dir, verb, args)
}

// askIn makes one call to the signer that runs on a directory.
func askIn[R any](ctx context.Context, m *Main, dir, verb string, args any) (R, error) {
	ctx, cancel := context.WithTimeout(ctx, callFor)
	defer cancel()
	c, err := m.dialIn(ctx, dir)
	if err != nil {
		var none R
		return none, err
	}
	defer c.Close()
	return control.Do[R](ctx, c, verb, args)
}

// follow makes a call that answers many times.
func follow[R any](ctx context.Context, m *Main, verb string, args any, each func(R) error) error {
	c, err := m.dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Stream(ctx, verb, args, func(raw json.RawMessage) error {
		var v R
		if err := json.Unmarshal(raw, &v); err != nil {
			return err
		}
		return each(v)
	})
}
