//go:build unix

package relay

import (
	"io"
	"net"
	"syscall"
)

// rawConn is a plain socket's descriptor, which is asked without waiting.
func rawConn(c net.Conn) syscall.RawConn {
	var raw syscall.RawConn
	var err error
	switch c := c.(type) { // not whatever is built around one
	case *net.TCPConn:
		raw, err = c.SyscallConn()
	case *net.UnixConn:
		raw, err = c.SyscallConn()
	}
	if err != nil {
		return nil
	}
	return raw
}

// readOnce reads what has come, if anything has; false has it waited for. Only
// then is a buffer taken, so that a connection that waits holds none.
func (s *socket) readOnce(fd uintptr) bool {
	chunk := chunks.Get().(*[readAhead]byte)
	n, err := again(func() (int, error) { return syscall.Read(int(fd), chunk[:]) })
	if n > 0 {
		s.chunk, s.rest = chunk, chunk[:n]
		return true
	}
	chunks.Put(chunk)
	switch err {
	case syscall.EAGAIN:
		return false
	case nil:
		err = io.EOF
	}
	s.readErr = err
	return true
}

// writeOnce writes as much of out as the network takes at once.
func (s *socket) writeOnce(fd uintptr) bool {
	n, err := again(func() (int, error) { return syscall.Write(int(fd), s.out) })
	if s.out = s.out[max(n, 0):]; err != syscall.EAGAIN {
		s.writeErr = err
	}
	return true
}

// again repeats a call that a signal interrupted.
func again(call func() (int, error)) (n int, err error) {
	for {
		if n, err = call(); err != syscall.EINTR {
			return n, err
		}
	}
}
