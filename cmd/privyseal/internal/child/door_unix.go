//go:build unix

package child

import (
	"errors"
	"fmt"
	"net"
	"os"
)

// Door is a listener that the parent opens, and holds while children that serve
// it come and go: whoever knocks meanwhile waits.
type Door struct {
	net.Listener
	file *os.File
}

// Open opens a door.
func Open(network, address string) (*Door, error) {
	l, err := net.Listen(network, address)
	if err != nil {
		return nil, err
	}
	f, err := l.(interface{ File() (*os.File, error) }).File()
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return &Door{l, f}, nil
}

// Close closes it, in this process.
func (d *Door) Close() error { return errors.Join(d.file.Close(), d.Listener.Close()) }

// Door takes over the nth door of this child.
func (p *Parent) Door(n int) (net.Listener, error) {
	f := os.NewFile(uintptr(firstFile+1+n), fmt.Sprint("door ", n))
	defer f.Close()
	return net.FileListener(f)
}
