package control

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
)

// ErrGone says that the signer closed the connection before it answered.
var ErrGone = errors.New("the signer stopped before it answered")

// Client makes control calls over one connection. It is safe for concurrent use.
type Client struct {
	conn *Conn
	mu   sync.Mutex
	next uint64
	open map[uint64]chan *Reply
	gone chan struct{}
}

// NewClient starts a client; Close ends it.
func NewClient(rwc io.ReadWriteCloser) *Client {
	c := &Client{conn: NewConn(rwc), open: map[uint64]chan *Reply{}, gone: make(chan struct{})}
	go c.read()
	return c
}

// Close ends the connection; calls under way fail with [ErrGone].
func (c *Client) Close() error { return c.conn.Close() }

// Gone is closed when the connection has ended.
func (c *Client) Gone() <-chan struct{} { return c.gone }

func (c *Client) read() {
	defer close(c.gone)
	for {
		m, err := c.conn.Recv()
		if err != nil {
			return
		}
		r, ok := m.(*Reply)
		if !ok {
			continue
		}
		c.mu.Lock()
		ch := c.open[r.ID]
		c.mu.Unlock()
		if ch != nil {
			ch <- r
		}
	}
}

// Stream calls a verb and hands every result to each until the stream ends,
// each answers an error, or ctx ends.
func (c *Client) Stream(ctx context.Context, verb string, args any, each func(json.RawMessage) error) error {
	raw, err := json.Marshal(args)
	if err != nil {
		return err
	}
	ch := make(chan *Reply, 16)
	c.mu.Lock()
	c.next++
	id := c.next
	c.open[id] = ch
	c.mu.Unlock()
	defer c.forget(id, ch)
	if err := c.conn.Send(&Call{ID: id, Verb: verb, Args: raw}); err != nil {
		return ErrGone
	}
	for {
		select {
		case <-ctx.Done():
			_ = c.conn.Send(&Cancel{ID: id})
			return ctx.Err()
		case r := <-ch:
			done, err := deliver(r, each)
			if done && r.More { // each had enough
				_ = c.conn.Send(&Cancel{ID: id})
			}
			if done {
				return err
			}
		case <-c.gone:
			return c.drain(ch, each)
		}
	}
}

// drain hands over what had arrived before the connection ended.
func (c *Client) drain(ch chan *Reply, each func(json.RawMessage) error) error {
	for {
		select {
		case r := <-ch:
			if done, err := deliver(r, each); done {
				return err
			}
		default:
			return ErrGone
		}
	}
}

func deliver(r *Reply, each func(json.RawMessage) error) (done bool, err error) {
	if r.Error != nil {
		return true, r.Error
	}
	if len(r.Result) > 0 {
		if err := each(r.Result); err != nil {
			return true, err
		}
	}
	return !r.More, nil
}

// forget drops a call; the reader may be handing it a last reply.
func (c *Client) forget(id uint64, ch chan *Reply) {
	c.mu.Lock()
	delete(c.open, id)
	c.mu.Unlock()
	for {
		select {
		case <-ch:
		default:
			return
		}
	}
}

// Do calls a verb and decodes its one result.
func Do[R any](ctx context.Context, c *Client, verb string, args any) (R, error) {
	var out R
	err := c.Stream(ctx, verb, args, func(raw json.RawMessage) error { return json.Unmarshal(raw, &out) })
	return out, err
}
