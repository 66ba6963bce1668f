package main

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/cmd/privyseal/internal/child"
)

// openSockets opens the sockets in the data directory. One that is there already
// is stale: nobody has the directory.
func (h *house) openSockets() (err error) {
	if h.control, err = openSocket(h.dir, socketName); err != nil {
		return err
	}
	h.figures, err = openSocket(h.dir, metricsSocket)
	return err
}

func openSocket(dir, name string) (*child.Door, error) {
	path := filepath.Join(dir, name)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fail(privyseal.KindConflict, "the old socket "+path+" cannot be removed", "remove it, and start again")
	}
	d, err := child.Open("unix", path)
	if err != nil {
		return nil, fail(privyseal.KindInternal, "the socket "+path+" cannot be made", "some disks hold no sockets: choose another directory with --data DIR")
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// prepare finds out how apps reach the own relay, and opens the address for
// figures, if there is one.
func (h *house) prepare(context.Context) error {
	if err := h.nameRelay(); err != nil {
		return err
	}
	addr := h.cmd.Metrics
	if addr == "" {
		return nil
	}
	d, err := child.Open("tcp", addr)
	if err != nil {
		return fail(privyseal.KindConflict, "figures cannot be served on "+addr, "choose another address with --metrics, or with: privyseal settings set metrics ADDR")
	}
	h.figuresTCP = d
	at := d.Addr().String()
	if ip, err := netip.ParseAddrPort(at); err != nil || !ip.Addr().Unmap().IsLoopback() {
		h.remark("the network can read the figures at http://" + at + "/metrics")
	}
	return nil
}
