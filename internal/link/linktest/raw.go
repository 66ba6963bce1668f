package linktest

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"testing"

	"github.com/privyseal/privyseal/nostr"
)

// Raw is a relay for benchmarks that costs almost nothing itself: it writes
// frames made before, and answers each EVENT with OK without parsing it.
type Raw struct {
	// Serve has the connection after the handshake.
	Serve func(conn net.Conn, r *bufio.Reader)
}

// Start serves on a loopback port until the test ends.
func (x *Raw) Start(t testing.TB) (url string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go x.accept(conn)
		}
	}()
	return "ws://" + l.Addr().String()
}

func (x *Raw) accept(conn net.Conn) {
	defer conn.Close()
	r := bufio.NewReaderSize(conn, 1<<16)
	req, err := http.ReadRequest(r)
	if err != nil {
		return
	}
	sum := sha1.Sum([]byte(req.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "+
		base64.StdEncoding.EncodeToString(sum[:])+"\r\n\r\n")
	x.Serve(conn, r)
}

// AppendFrame appends a server's text frame.
func AppendFrame(dst, payload []byte) []byte {
	dst = append(dst, 0x81)
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, byte(n))
	case n < 1<<16:
		dst = binary.BigEndian.AppendUint16(append(dst, 126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, 127), uint64(n))
	}
	return append(dst, payload...)
}

// ReadFrame reads a client's frame into buf.
func ReadFrame(r *bufio.Reader, buf []byte) ([]byte, error) {
	var head [14]byte
	if _, err := io.ReadFull(r, head[:2]); err != nil {
		return nil, err
	}
	n := int(head[1] & 0x7f)
	extra := map[int]int{126: 2, 127: 8}[n]
	if _, err := io.ReadFull(r, head[2:2+extra+4]); err != nil {
		return nil, err
	}
	switch extra {
	case 2:
		n = int(binary.BigEndian.Uint16(head[2:]))
	case 8:
		n = int(binary.BigEndian.Uint64(head[2:]))
	}
	buf = append(buf[:0], make([]byte, n)...)
	if _, err := io.ReadFull(r, buf); err != nil {
		return nil, err
	}
	mask := head[2+extra:][:4]
	for i := range buf[:min(n, 128)] { // enough for what Raw looks at
		buf[i] ^= mask[i%4]
	}
	return buf, nil
}

// Acknowledge answers each EVENT with OK true until the connection ends.
func Acknowledge(conn net.Conn, r *bufio.Reader) {
	const head = `["EVENT",{"id":"`
	var buf, out []byte
	for {
		var err error
		if buf, err = ReadFrame(r, buf); err != nil {
			return
		}
		if len(buf) > len(head)+64 && string(buf[:len(head)]) == head {
			out = AppendFrame(out, []byte(`["OK","`+string(buf[len(head):len(head)+64])+`",true,""]`))
		}
		if r.Buffered() == 0 && len(out) > 0 {
			if _, err := conn.Write(out); err != nil {
				return
			}
			out = out[:0]
		}
	}
}

// Request is the JSON of an event as signers get them: kind 24133, about 1 KB.
// The bytes at the index vary are hex digits that may be overwritten.
func Request(to nostr.PubKey) (event []byte, vary int) {
	content := make([]byte, 600)
	for i := range content {
		content[i] = byte('A' + i%26)
	}
	e := nostr.Event{Kind: 24133, Content: string(content), Tags: nostr.Tags{{"p", to.String()}}, CreatedAt: 1_800_000_000}
	e.ID = e.ComputeID()
	event = e.AppendJSON(nil)
	return event, len(`{"id":"`)
}
