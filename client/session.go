package client

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// Session is a connection to one key app. It keeps itself alive until
// [Session.Close] and is safe for concurrent use. It never prints its secret.
type Session struct {
	line *line

	mu     sync.Mutex
	user   nostr.PubKey // zero until known
	forgot bool         // after logout
}

// Signer is the public key of the key app in this session; it is not the
// person's, which [Session.PublicKey] tells.
func (s *Session) Signer() nostr.PubKey { return s.line.peer.key }

// Client is the public key of the app in this session.
func (s *Session) Client() nostr.PubKey { return s.line.pub }

// Relays are the relays of the session now, in no order that matters.
func (s *Session) Relays() []string {
	s.line.mu.Lock()
	defer s.line.mu.Unlock()
	var list []string
	for _, r := range s.line.relays {
		list = append(list, r.url)
	}
	return list
}

// Call sends any method with its parameters and returns the result as it came,
// unchecked. Prefer the methods below: they check.
func (s *Session) Call(ctx context.Context, method string, params ...string) (string, error) {
	m := nip46.Method(method)
	return s.line.do(ctx, m, s.line.standard(m), params...)
}

// Wake tries relays that are down again at once: call it when the network is
// back or the app comes to the foreground.
func (s *Session) Wake() {
	s.line.mu.Lock()
	relays := append([]*relay(nil), s.line.relays...)
	s.line.mu.Unlock()
	for _, r := range relays {
		r.link.Nudge()
	}
}

// Close ends the connection. The session itself goes on at the key app and can
// be resumed from what [Session.Export] gave. Calls under way get [ErrClosed].
func (s *Session) Close() { s.line.close() }

// Format prints the session without its secret.
func (s *Session) Format(f fmt.State, _ rune) {
	io.WriteString(f, "client.Session("+s.Signer().String()[:8]+"…)")
}

// LogValue logs the session without its secret.
func (s *Session) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(s)) }
