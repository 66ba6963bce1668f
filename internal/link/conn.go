package link

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/privyseal/privyseal/nostr"
)

// Times and bounds of a connection.
const (
	WriteTimeout = 10 * time.Second // a peer that reads nothing for so long is dropped
	PingEvery    = 30 * time.Second // asks whether the relay is there
	PongTimeout  = 10 * time.Second // for its answer
	maxQueued    = 1024             // frames waiting to be written
	maxQueuedLen = 8 << 20          // bytes of them
	drainTime    = time.Second
	keepBuffer   = 64 << 10 // a larger read buffer is given back
)

// Errors of sending.
var (
	// ErrClosed says that the connection has ended.
	ErrClosed = errors.New("the connection is closed")
	// ErrBusy says that too much waits to be written already.
	ErrBusy = errors.New("the connection's queue is full")
)

// Options are the choices of one [Dial]. The zero value is ready.
type Options struct {
	Dialer *Dialer     // nil is the zero Dialer
	Typed  bool        // a person typed the address
	Header http.Header // of the handshake
}

// Conn is one connection to a relay. One goroutine reads; everything else is
// safe for concurrent use.
type Conn struct {
	ws   *websocket.Conn
	raw  *corked
	buf  bytes.Buffer
	bad  atomic.Uint64
	done chan struct{} // closed once the connection has ended

	reads   atomic.Uint64 // messages asked for so far
	waiting atomic.Bool   // the reader waits for the network

	mu     sync.Mutex
	queue  [][]byte
	queued int // bytes
	closed bool
	wake   chan struct{}
	idle   chan struct{} // closed when the writer has ended
}

// Dial connects to a relay; ctx bounds only the dialling. An error of our own
// address rules wraps [ErrAddress].
func Dial(ctx context.Context, url string, o Options) (*Conn, error) {
	d := o.Dialer
	if d == nil {
		d = new(Dialer)
	}
	e, err := parseEndpoint(url)
	if err == nil {
		err = d.check(e, o.Typed)
	}
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	var raw *corked
	client := &http.Client{
		Transport: d.transport(e, o.Typed, func(c net.Conn) net.Conn {
			raw = newCorked(c, WriteTimeout)
			return raw
		}),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	ws, resp, err := websocket.Dial(ctx, url, &websocket.DialOptions{
		HTTPClient: client, HTTPHeader: o.Header, CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		if resp != nil && resp.StatusCode != http.StatusSwitchingProtocols {
			return nil, &StatusError{Code: resp.StatusCode}
		}
		return nil, fmt.Errorf("reach %s: %w", e.host, err)
	}
	ws.SetReadLimit(nostr.MaxMessageSize)
	c := &Conn{ws: ws, raw: raw, done: make(chan struct{}), wake: make(chan struct{}, 1), idle: make(chan struct{})}
	go c.write()
	go c.ping()
	return c, nil
}

// StatusError says that a host answered, but not as a relay.
type StatusError struct{ Code int }

// Error names the HTTP status.
func (e *StatusError) Error() string {
	return fmt.Sprintf("the host answered %d %s instead of opening a connection", e.Code, http.StatusText(e.Code))
}

// Read returns the next message. A message that cannot be parsed is counted and
// passed over. Any error, an ended ctx among them, ends the connection.
func (c *Conn) Read(ctx context.Context) (*nostr.RelayMessage, error) {
	if ctx.Done() != nil {
		defer context.AfterFunc(ctx, c.end)()
	}
	for {
		frame, err := c.readFrame()
		if err != nil {
			c.end()
			return nil, errors.Join(ctx.Err(), err)
		}
		m, err := nostr.ParseRelayMessage(frame)
		if err == nil {
			return m, nil
		}
		c.bad.Add(1)
	}
}

// readFrame reads into the connection's own buffer. The library reads as the
// bytes come, so a length that is only claimed costs nothing.
func (c *Conn) readFrame() ([]byte, error) {
	if c.buf.Cap() > keepBuffer {
		c.buf = bytes.Buffer{}
	}
	c.buf.Reset()
	c.reads.Add(1)
	c.waiting.Store(true)
	defer c.waiting.Store(false)
	_, r, err := c.ws.Reader(context.Background())
	if err != nil {
		return nil, err
	}
	_, err = c.buf.ReadFrom(r)
	return c.buf.Bytes(), err
}

// Malformed counts the messages that could not be parsed.
func (c *Conn) Malformed() uint64 { return c.bad.Load() }

// Done is closed when the connection has ended.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Send queues one message. It never blocks: the errors are [ErrBusy] and
// [ErrClosed].
func (c *Conn) Send(m *nostr.ClientMessage) error { return c.SendFrame(m.AppendJSON(nil)) }

// SendFrame queues the JSON of one message, as Send does; the caller leaves the
// frame alone from then on.
func (c *Conn) SendFrame(frame []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return ErrClosed
	case len(c.queue) >= maxQueued || c.queued+len(frame) > maxQueuedLen:
		return ErrBusy
	}
	c.queue = append(c.queue, frame)
	c.queued += len(frame)
	select {
	case c.wake <- struct{}{}:
	default:
	}
	return nil
}

// write writes what is queued, all there is at a time, until the end.
func (c *Conn) write() {
	defer close(c.idle)
	var batch [][]byte
	for {
		c.mu.Lock()
		batch, c.queue = c.queue, batch[:0]
		c.queued = 0
		closed := c.closed
		c.mu.Unlock()
		if len(batch) == 0 {
			if closed {
				return
			}
			select {
			case <-c.wake:
				runtime.Gosched() // what is being queued comes along
			case <-c.done:
				return
			}
			continue
		}
		if c.writeAll(batch) != nil {
			c.end()
			return
		}
		clear(batch)
	}
}

// writeAll never hands a request's context to the library, whose cancellation
// would break the connection; the deadline is the corked connection's.
func (c *Conn) writeAll(batch [][]byte) error {
	if len(batch) > 1 {
		c.raw.cork()
	}
	var err error
	for _, frame := range batch {
		if err = c.ws.Write(context.Background(), websocket.MessageText, frame); err != nil {
			break
		}
	}
	return errors.Join(err, c.raw.uncork())
}

// ping keeps asking whether the relay is there, beside reading and never in its
// way. A pong that is late only because our own reader is busy is forgiven.
func (c *Conn) ping() {
	tick := time.NewTicker(PingEvery)
	defer tick.Stop()
	for {
		select {
		case <-c.done:
			return
		case <-tick.C:
		}
		reads := c.reads.Load()
		ctx, cancel := context.WithTimeout(context.Background(), PongTimeout)
		err := c.ws.Ping(ctx)
		cancel()
		if err != nil && c.waiting.Load() && c.reads.Load() == reads {
			c.end()
			return
		}
	}
}

// Close writes what is queued, for a second at most, and ends the connection
// with a close frame.
func (c *Conn) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
	timer := time.AfterFunc(drainTime, c.end)
	defer timer.Stop()
	select {
	case <-c.idle:
		c.ws.Close(websocket.StatusNormalClosure, "")
	case <-c.done:
	}
	c.end()
	return nil
}

// end ends the connection at once.
func (c *Conn) end() {
	c.mu.Lock()
	c.closed = true
	select {
	case <-c.done:
		c.mu.Unlock()
		return
	default:
		close(c.done)
	}
	c.mu.Unlock()
	c.raw.Conn.Close()
	c.ws.CloseNow()
}
