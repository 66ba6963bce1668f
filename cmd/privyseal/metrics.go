package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/metrics"
	"github.com/privyseal/privyseal/internal/relay"
)

// metricsSocket serves figures in the data directory, to its owner.
const metricsSocket = "metrics.sock"

// figuresFor is how long the keeper may take to say how it does.
const figuresFor = 5 * time.Second

// serveMetrics serves figures on a socket in the data directory, and on an
// address of their own if one is set.
func (h *house) serveMetrics() error {
	handler := metrics.Handler(metrics.Source{Now: time.Now, Status: h.status, Relay: h.relayStats})
	h.figures = newServer(handler, h.log)
	path := filepath.Join(h.dir, metricsSocket)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	socket, err := net.Listen("unix", path)
	if err != nil {
		return fail(privyseal.KindInternal, "the socket "+path+" cannot be made", "some disks hold no sockets: choose another directory with --data DIR")
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	h.run("the figures' socket", func() error { return h.figures.Serve(ownersOnly{socket, h}) })
	addr := h.cmd.Metrics
	if addr == "" {
		return nil
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fail(privyseal.KindConflict, "figures cannot be served on "+addr, "choose another address with --metrics, or with: privyseal settings set metrics ADDR")
	}
	h.metrics = l.Addr().String()
	if ip, err := netip.ParseAddrPort(h.metrics); err != nil || !ip.Addr().Unmap().IsLoopback() {
		h.remark("the network can read the figures at http://" + h.metrics + "/metrics")
	}
	h.run("the figures", func() error { return h.figures.Serve(l) })
	return nil
}

// ownersOnly turns other people's programs away.
type ownersOnly struct {
	net.Listener
	h *house
}

// Accept implements [net.Listener].
func (o ownersOnly) Accept() (net.Conn, error) {
	for {
		conn, err := o.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if err := checkPeer(conn); err == nil {
			return conn, nil
		}
		o.h.log.Warn("somebody else's program was turned away from the figures' socket")
		_ = conn.Close()
	}
}

// status is how the keeper does.
func (h *house) status() (control.Status, error) {
	ctx, cancel := context.WithTimeout(context.Background(), figuresFor)
	defer cancel()
	v, err := h.keeper.Call(ctx, control.CommandLine, control.VerbStatus, json.RawMessage("{}"), nil)
	if err != nil {
		return control.Status{}, err
	}
	return v.(control.Status), nil
}

func (h *house) relayStats() (relay.Stats, bool) {
	if h.relay == nil {
		return relay.Stats{}, false
	}
	return h.relay.Stats(), true
}

// closeMetrics ends the figures, which nobody waits for.
func (h *house) closeMetrics(figures *http.Server) {
	if figures != nil {
		_ = figures.Close()
	}
}
