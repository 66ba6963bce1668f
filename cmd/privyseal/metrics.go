package main

import (
	"log/slog"
	"net"
	"time"

	"github.com/privyseal/privyseal/internal/metrics"
	"github.com/privyseal/privyseal/internal/relay"
)

// metricsSocket serves figures in the data directory, to its owner.
const metricsSocket = "metrics.sock"

// serveFigures serves figures on a socket in the data directory, and on an
// address of their own if there is one.
func (f *frontHalf) serveFigures() error {
	f.figures = newServer(metrics.Handler(metrics.Source{Now: time.Now, Status: f.status, Relay: f.relayStats}), f.log)
	socket, err := f.parent.Door(1)
	if err != nil {
		return err
	}
	f.run("the figures' socket", func() error { return f.figures.Serve(ownersOnly{socket, f.log}) })
	if !f.letter.TCP {
		return nil
	}
	l, err := f.parent.Door(2)
	if err != nil {
		return err
	}
	f.run("the figures", func() error { return f.figures.Serve(l) })
	return nil
}

// ownersOnly turns other people's programs away.
type ownersOnly struct {
	net.Listener
	log *slog.Logger
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
		o.log.Warn("somebody else's program was turned away from the figures' socket")
		_ = conn.Close()
	}
}

func (f *frontHalf) relayStats() (relay.Stats, bool) {
	if f.relay == nil {
		return relay.Stats{}, false
	}
	return f.relay.Stats(), true
}
