package relay

import (
	"bufio"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
	"sync"
	"syscall"
)

const (
	readAhead  = 16 << 10 // bytes read of a socket at once
	writeBatch = 16 << 10 // bytes written at once, or one message
	ownReading = 4 << 10  // what a connection that is no plain socket keeps to read into
)

// socket is what is beneath the websocket library. It reads as much as has come
// into a buffer that a connection has only while something is in it, and writes
// whole frames, the library's own between ours.
type socket struct {
	net.Conn
	raw   syscall.RawConn // nil where it can only be waited for
	await func()          // called before the network is read

	in, rest []byte // what is read into where there is no raw; what was read and not given
	chunk    *[readAhead]byte
	readErr  error
	readable func(fd uintptr) bool // readOnce, made once

	mu       sync.Mutex // held while a frame is written
	half     []byte     // what must follow before any other frame
	closing  bool       // the close frame has been written
	out      []byte
	writeErr error
	writable func(fd uintptr) bool // writeOnce, made once
}

func newSocket(c net.Conn, early []byte) *socket {
	s := &socket{Conn: c, raw: rawConn(c), rest: early}
	s.readable, s.writable = s.readOnce, s.writeOnce
	if !s.plain() {
		s.in = make([]byte, ownReading)
	}
	return s
}

// plain reports whether try can write.
func (s *socket) plain() bool { return s.raw != nil }

// Read gives what has come, and waits only when all of it was given.
func (s *socket) Read(p []byte) (int, error) {
	if len(s.rest) == 0 {
		if s.await != nil {
			s.await()
		}
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.rest)
	if s.rest = s.rest[n:]; len(s.rest) == 0 && s.chunk != nil {
		chunks.Put(s.chunk)
		s.chunk, s.rest = nil, nil
	}
	return n, nil
}

// fill reads the network once.
func (s *socket) fill() error {
	if !s.plain() {
		n, err := s.Conn.Read(s.in)
		s.rest = s.in[:n]
		if n > 0 {
			return nil
		}
		return err
	}
	s.readErr = nil
	if err := s.raw.Read(s.readable); err != nil {
		return err
	}
	return s.readErr
}

// chunks are the buffers that sockets are read into.
var chunks = sync.Pool{New: func() any { return new([readAhead]byte) }}

// Write writes one control frame of the library's, whose buffer holds a whole one.
func (s *socket) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.flush(); err != nil {
		return 0, err
	}
	s.closing = s.closing || len(p) > 0 && p[0]&0x0f == opClose
	return s.Conn.Write(p)
}

// write writes frames, however long that takes.
func (s *socket) write(frames []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.flush(); err != nil {
		return err
	}
	if s.closing {
		return net.ErrClosed
	}
	_, err := s.Conn.Write(frames)
	return err
}

// flush writes the rest of a frame that was begun. It is called with mu held.
func (s *socket) flush() error {
	if len(s.half) == 0 {
		return nil
	}
	_, err := s.Conn.Write(s.half)
	s.half = nil
	return err
}

// try writes frames to a plain socket, as far as the network takes them at once,
// and leaves the rest to write: a frame that was begun is the socket's to end,
// and where none was all are left.
func (s *socket) try(frames []byte) (left []byte, done bool, err error) {
	if !s.mu.TryLock() {
		return frames, false, nil
	}
	defer s.mu.Unlock()
	if s.closing {
		return nil, false, net.ErrClosed
	}
	if len(s.half) > 0 {
		return frames, false, nil
	}
	s.out, s.writeErr = frames, nil
	err = s.raw.Write(s.writable)
	rest := s.out
	s.out = nil
	switch {
	case err != nil || s.writeErr != nil:
		return nil, false, errors.Join(err, s.writeErr)
	case len(rest) == len(frames):
		return frames, false, nil
	}
	s.half = append(s.half, rest...)
	return nil, len(rest) == 0, nil
}

// The parts of a frame's header (RFC 6455 §5.2).
const (
	finalText  = 0x81
	opClose    = 0x8
	controlMax = 2 + 125 // bytes of a whole control frame
)

// appendFrame appends a message as one frame of text.
func appendFrame(dst []byte, m message) []byte {
	dst = append(dst, finalText)
	switch n := m.size(); {
	case n < 126:
		dst = append(dst, byte(n))
	case n < 1<<16:
		dst = binary.BigEndian.AppendUint16(append(dst, 126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, 127), uint64(n))
	}
	return append(append(dst, m.head...), m.body...)
}

// upgrade has the library read and write through a socket of ours. Of its two
// buffers one holds a header, the other a control frame.
type upgrade struct {
	http.ResponseWriter
	socket *socket
}

// Hijack implements [http.Hijacker].
func (u *upgrade) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(u.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, _ := buffers.Reader.Peek(buffers.Reader.Buffered())
	u.socket = newSocket(conn, append([]byte(nil), early...))
	return u.socket, bufio.NewReadWriter(bufio.NewReaderSize(u.socket, 1), bufio.NewWriterSize(u.socket, controlMax)), nil
}
