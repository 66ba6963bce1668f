package child

import (
	"net"
	"sync"
)

// Door is a place to listen at. Windows lets no child inherit a listener, so the
// parent opens it to see that it is free, and the child opens it again.
type Door struct {
	network, address string
	mu               sync.Mutex
	l                net.Listener
	at               net.Addr
}

// Open opens a door.
func Open(network, address string) (*Door, error) {
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, err
	}
	return &Door{network: network, address: l.Addr().String(), l: l, at: l.Addr()}, nil
}

// Addr is where it is.
func (d *Door) Addr() net.Addr { return d.at }

// release lets a child listen there.
func (d *Door) release() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.l != nil {
		_ = d.l.Close()
		d.l = nil
	}
}

// Close closes it.
func (d *Door) Close() error {
	d.release()
	return nil
}
