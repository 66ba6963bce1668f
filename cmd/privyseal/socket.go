package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// serveControl opens the control socket. A socket that is there already is
// stale: only who has locked the data directory comes here.
func (h *house) serveControl(ctx context.Context) error {
	path := filepath.Join(h.dir, socketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fail(privyseal.KindConflict, "the old control socket "+path+" cannot be removed", "remove it, and start again")
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return fail(privyseal.KindInternal, "the control socket "+path+" cannot be made", "some disks hold no sockets: choose another directory with --data DIR")
	}
	h.control = l
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	h.wg.Go(func() { h.acceptControl(ctx, l) })
	return nil
}

func (h *house) acceptControl(ctx context.Context, l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		if err := checkPeer(conn); err != nil {
			h.log.Warn("somebody else's program was turned away from the control socket", "err", err)
			_ = conn.Close()
			continue
		}
		h.wg.Go(func() {
			defer conn.Close()
			_ = control.ServeCalls(ctx, control.NewConn(conn), control.CommandLine, h.keeper.Call)
		})
	}
}
