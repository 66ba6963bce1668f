package relay_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/privyseal/privyseal/internal/relay"
	"github.com/privyseal/privyseal/internal/relay/relaytest"
	"github.com/privyseal/privyseal/nostr"
)

// The end sends what is queued, also to a reader so slow that a goroutine is
// writing to it: all events, why its subscription ends, and the close, in order.
func TestShutdownWhileWriting(t *testing.T) {
	// However long this takes, nobody is cut off for being slow.
	s := relaytest.Start(t, relay.Options{Open: true, Limits: relay.Limits{QueueBytes: 64 << 20, Write: time.Hour, Ping: time.Hour}})
	alice, bob := newPerson(t), newPerson(t)
	slow, c := dial(t, s.URL), dial(t, s.URL)
	slow.req("s", to(bob))
	// More than the kernel holds (≤ 16 MiB).
	const events = 400
	text := strings.Repeat("x", 60_000)
	for i := range events {
		c.mustPublish(alice.letter(t, bob.PubKey, fmt.Sprint(i)+text))
	}
	go c.read() // answers the close
	ended := make(chan error, 1)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	go func() { ended <- s.Relay.Shutdown(ctx) }()
	for range events {
		slow.want(nostr.LabelEvent)
	}
	slow.want(nostr.LabelClosed)
	if _, err := slow.read(); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// A connection under TLS is written to by a goroutine of its own.
func TestOverTLS(t *testing.T) {
	r := relay.New(relay.Options{Open: true})
	server := httptest.NewTLSServer(r)
	defer server.Close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ws, _, err := websocket.Dial(ctx, "wss"+strings.TrimPrefix(server.URL, "https"), &websocket.DialOptions{HTTPClient: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.CloseNow()
	c := &client{t: t, ws: ws}
	alice, bob := newPerson(t), newPerson(t)
	c.req("s", to(bob))
	events := letters(t, 100, alice, bob.PubKey)
	go func() {
		for _, e := range events {
			c.write(eventFrame(e))
		}
	}()
	came, taken := 0, 0
	for range 2 * len(events) {
		m, err := c.read()
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case m.Label == nostr.LabelEvent && m.Event.ID == events[came].ID:
			came++
		case m.Label == nostr.LabelOK && m.OK && m.ID == events[taken].ID:
			taken++
		default:
			t.Fatalf("%s %s after %d events, %d answers", m.Label, m.Message, came, taken)
		}
	}
	ws.Close(websocket.StatusNormalClosure, "")
}

// What comes in one piece with the handshake is answered, too.
func TestEarlyMessages(t *testing.T) {
	s := relaytest.Start(t, relay.Options{})
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "ws://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var piece bytes.Buffer
	fmt.Fprintf(&piece, "GET / HTTP/1.1\r\nHost: relay.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\n\r\n", "AAAAAAAAAAAAAAAAAAAAAA==")
	for i := range 3 {
		req := fmt.Sprintf(`["REQ","%d",%s]`, i, to(newPerson(t)))
		piece.Write([]byte{0x81, 0x80 | 126, byte(len(req) >> 8), byte(len(req)), 0, 0, 0, 0}) // masked with zeros
		piece.WriteString(req)
	}
	if _, err := conn.Write(piece.Bytes()); err != nil {
		t.Fatal(err)
	}
	var got []byte
	for p := make([]byte, 512); !bytes.Contains(got, []byte(`["EOSE","2"]`)); {
		n, err := conn.Read(p)
		if got = append(got, p[:n]...); err == io.EOF {
			t.Fatalf("%q", got)
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.HasPrefix(got, []byte("HTTP/1.1 101")) {
		t.Fatalf("%.30q, not %d", got, http.StatusSwitchingProtocols)
	}
}
