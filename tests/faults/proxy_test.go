package faults

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// proxy is the wire between the signer and a relay, to be cut or slowed down.
type proxy struct {
	url string

	mu    sync.Mutex
	conns map[net.Conn]bool
	delay time.Duration
}

func newProxy(t *testing.T, relay string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{url: "ws://" + l.Addr().String(), conns: map[net.Conn]bool{}}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", strings.TrimPrefix(relay, "ws://"))
			if err != nil {
				in.Close()
				continue
			}
			all.Go(func() { p.carry(in, out) })
			all.Go(func() { p.carry(out, in) })
		}
	})
	t.Cleanup(func() { l.Close(); p.cut(); all.Wait() })
	return p
}

func (p *proxy) carry(from, to net.Conn) {
	p.mu.Lock()
	p.conns[from] = true
	p.mu.Unlock()
	defer func() {
		from.Close()
		to.Close()
		p.mu.Lock()
		delete(p.conns, from)
		p.mu.Unlock()
	}()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			p.mu.Lock()
			delay := p.delay
			p.mu.Unlock()
			time.Sleep(delay) // the distance, not a wait for something
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil && err != io.EOF || n == 0 {
			return
		}
	}
}

// cut ends every connection without a word.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		c.Close()
	}
}

func (p *proxy) slow(delay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = delay
}
