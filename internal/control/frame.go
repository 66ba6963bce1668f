package control

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
)

// MaxFrame bounds one frame, in bytes.
const MaxFrame = 16 << 20

// Errors of reading frames.
var (
	ErrFrameSize = errors.New("control: frame too large")
	ErrFrameType = errors.New("control: unknown frame type")
	ErrFrameBody = errors.New("control: malformed frame")
)

// Conn carries messages over a byte stream. Send is safe for concurrent use;
// Recv is for one goroutine.
type Conn struct {
	rwc     io.ReadWriteCloser
	r       *bufio.Reader
	waiting atomic.Int32
	mu      sync.Mutex
	w       *bufio.Writer
	buf     []byte
}

// NewConn wraps a byte stream, such as one end of [Pair].
func NewConn(rwc io.ReadWriteCloser) *Conn {
	return &Conn{rwc: rwc, r: bufio.NewReaderSize(rwc, 64<<10), w: bufio.NewWriterSize(rwc, 64<<10)}
}

// Send writes one message. Messages of senders that wait at the same time
// leave in one write.
func (c *Conn) Send(m Message) error {
	c.waiting.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting.Add(-1)
	err := c.write(m)
	if c.waiting.Load() > 0 {
		return err // the next sender flushes
	}
	return errors.Join(err, c.w.Flush())
}

// write puts one frame into the buffer; a message that cannot be encoded
// leaves no trace there.
func (c *Conn) write(m Message) error {
	var err error
	c.buf = append(c.buf[:0], 0, 0, 0, 0, m.frameType())
	if c.buf, err = encode(c.buf, m); err != nil {
		return err
	}
	n := len(c.buf) - 4
	if n > MaxFrame {
		return ErrFrameSize
	}
	binary.BigEndian.PutUint32(c.buf, uint32(n))
	_, err = c.w.Write(c.buf)
	if cap(c.buf) > 1<<20 {
		c.buf = nil
	}
	return err
}

// Recv reads the next message. An error ends the connection's use.
func (c *Conn) Recv() (Message, error) {
	var head [5]byte
	if _, err := io.ReadFull(c.r, head[:]); err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(head[:4])
	if n == 0 {
		return nil, ErrFrameBody
	}
	if n > MaxFrame {
		return nil, ErrFrameSize
	}
	body := make([]byte, n-1)
	if _, err := io.ReadFull(c.r, body); err != nil {
		return nil, err
	}
	return decode(head[4], body)
}

// Close closes the stream.
func (c *Conn) Close() error { return c.rwc.Close() }

func encode(dst []byte, m Message) ([]byte, error) {
	switch m := m.(type) {
	case *Events:
		return m.append(dst), nil
	case *Publish:
		return m.append(dst), nil
	case *Receipts:
		return m.append(dst), nil
	case *Fetched:
		return m.append(dst), nil
	}
	b, err := json.Marshal(m)
	if err != nil {
		return dst, fmt.Errorf("control: %w", err)
	}
	return append(dst, b...), nil
}

func decode(t byte, body []byte) (Message, error) {
	var m Message
	switch t {
	case typeEvents:
		return decodeEvents(body)
	case typePublish:
		return decodePublish(body)
	case typeReceipts:
		return decodeReceipts(body)
	case typeFetched:
		return decodeFetched(body)
	case typeListen:
		m = new(Listen)
	case typeLive:
		m = new(Live)
	case typeRelayStatus:
		m = new(RelayStatus)
	case typeChallenge:
		m = new(Challenge)
	case typeProof:
		m = new(Proof)
	case typeCall:
		m = new(Call)
	case typeReply:
		m = new(Reply)
	case typeCancel:
		m = new(Cancel)
	case typeRenew:
		m = new(Renew)
	case typeNetworkChanged:
		m = new(NetworkChanged)
	case typeFetch:
		m = new(Fetch)
	case typePost:
		m = new(Post)
	case typePosted:
		m = new(Posted)
	case typeDeliver:
		m = new(Deliver)
	case typeDelivered:
		m = new(Delivered)
	default:
		return nil, ErrFrameType
	}
	if err := json.Unmarshal(body, m); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrFrameBody, err)
	}
	if err := bounded(m); err != nil {
		return nil, err
	}
	return m, nil
}
