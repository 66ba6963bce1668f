package main

import (
	"sync/atomic"

	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/internal/transport"
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

// ownRelay is our relay as the transport reaches it: in process.
type ownRelay struct{ *relay.Local }

func (o ownRelay) Open(deliver func([]byte)) transport.LocalSub { return o.Local.Open(deliver) }

// local answers our own relay for its URL.
func (h *house) local(url string) transport.LocalRelay {
	if h.relay == nil || url != h.ownURL {
		return nil
	}
	return ownRelay{h.relay.Local()}
}
