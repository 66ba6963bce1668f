//go:build !unix

package relay

import (
	"net"
	"syscall"
)

// rawConn is nil: a socket can only be waited for here.
func rawConn(net.Conn) syscall.RawConn { return nil }

func (s *socket) readOnce(uintptr) bool { panic("relay: no raw socket here") }

func (s *socket) writeOnce(uintptr) bool { panic("relay: no raw socket here") }
