package link

import (
	"bufio"
	"net"
	"sync"
	"time"
)

// corked holds back writes while it is corked, so that many small frames leave
// in one, and reads as many as have come in one. Every real write has a
// deadline, so that a peer that stops reading is dropped.
type corked struct {
	net.Conn
	timeout time.Duration
	in      *bufio.Reader // on Conn

	mu   sync.Mutex
	on   bool
	held []byte
}

const (
	corkLimit = 64 << 10 // how much is held back at most
	readAhead = 16 << 10
)

func newCorked(c net.Conn, timeout time.Duration) *corked {
	return &corked{Conn: c, timeout: timeout, in: bufio.NewReaderSize(c, readAhead)}
}

func (c *corked) Read(p []byte) (int, error) { return c.in.Read(p) }

func (c *corked) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.on && len(c.held)+len(p) <= corkLimit {
		c.held = append(c.held, p...)
		return len(p), nil
	}
	if err := c.flush(); err != nil {
		return 0, err
	}
	return c.write(p)
}

func (c *corked) cork() {
	c.mu.Lock()
	c.on = true
	c.mu.Unlock()
}

func (c *corked) uncork() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.on = false
	return c.flush()
}

func (c *corked) flush() error {
	if len(c.held) == 0 {
		return nil
	}
	_, err := c.write(c.held)
	c.held = c.held[:0]
	return err
}

func (c *corked) write(p []byte) (int, error) {
	if err := c.Conn.SetWriteDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}
