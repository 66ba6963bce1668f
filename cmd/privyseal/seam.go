package main

import (
	"sync/atomic"

	"github.com/privyseal/privyseal/internal/control"
)

// intake is the keeper's end of the seam. Once stopped it lets no new request
// in, while answers still go out and receipts come back. What it drops stays
// with the relays, and the next start asks for it again.
type intake struct {
	*control.Conn
	stopped atomic.Bool
}

func (s *intake) stop() { s.stopped.Store(true) }

// Recv answers the next message that may pass.
func (s *intake) Recv() (control.Message, error) {
	for {
		m, err := s.Conn.Recv()
		if _, request := m.(*control.Events); err == nil && request && s.stopped.Load() {
			continue
		}
		return m, err
	}
}
