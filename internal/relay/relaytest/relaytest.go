// Package relaytest runs our relay on a loopback port for the tests of other
// packages. It is for tests only.
package relaytest

import (
	"context"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/relay"
)

// Server is a relay on a port of 127.0.0.1 that stays its own across restarts.
type Server struct {
	URL   string       // ws://127.0.0.1:PORT
	Relay *relay.Relay // the running one; a restart makes a new one

	t       testing.TB
	options relay.Options
	address string
	server  *http.Server
}

// Start runs a relay until the test ends.
func Start(t testing.TB, o relay.Options) *Server {
	t.Helper()
	if o.Limits.Offer == 0 {
		o.Limits.Offer = time.Nanosecond // tests do not wait for the challenge
	}
	s := &Server{t: t, options: o, address: "127.0.0.1:0"}
	s.listen()
	t.Cleanup(s.Stop)
	return s
}

// Stop ends the relay and its connections, as an orderly shutdown does. Stopping
// twice is harmless.
func (s *Server) Stop() {
	if s.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
	defer cancel()
	s.Relay.Shutdown(ctx) // whoever does not leave in time is cut off
	s.server.Close()
	s.server = nil
}

// Restart stops the relay if it runs and starts a new, empty one on the same port.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	s.listen()
}

func (s *Server) listen() {
	s.t.Helper()
	l, err := net.Listen("tcp", s.address)
	if err != nil {
		s.t.Fatalf("relaytest: %v", err)
	}
	s.address = l.Addr().String()
	s.URL = "ws://" + s.address
	s.Relay = relay.New(s.options)
	s.server = &http.Server{Handler: s.Relay, ReadHeaderTimeout: 5 * time.Second}
	go s.server.Serve(l)
}
