package relay

import (
	"bytes"
	"context"
	"io"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// keptBuffer is the largest buffer a connection keeps between messages, in bytes.
const keptBuffer = 16 << 10

// serve opens one connection and runs it until it ends. One goroutine reads and
// handles, in order, and writes what came of it before it waits for more. What a
// client sends while its own messages are handled waits in its socket. The
// goroutine of the request ends with this: its stack is twice what one that only
// reads needs.
func (r *Relay) serve(w http.ResponseWriter, req *http.Request) {
	from := r.sourceOf(req)
	if why := r.door.enter(from, r.limits); why != "" {
		r.stats.refused("busy: " + why)
		http.Error(w, why, http.StatusTooManyRequests)
		return
	}
	// The request's own context means nothing once the socket is hijacked.
	ctx, cancel := context.WithCancel(context.Background())
	s := newSession(r, from, req.Host, cancel)
	s.who = r.salt.name(from, r.options.Clock())
	gone := func() {
		cancel()
		r.door.leave(from)
	}
	if !r.enlist(s) {
		gone()
		http.Error(w, "shutting down", http.StatusServiceUnavailable)
		return
	}
	// A relay is for every page, so Origin is not looked at. Nothing here
	// depends on cookies or on where the page comes from.
	up := &upgrade{ResponseWriter: w}
	ws, err := websocket.Accept(up, req, &websocket.AcceptOptions{
		InsecureSkipVerify: true,
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil { // Accept has answered
		gone()
		s.leave()
		r.running.Done()
		return
	}
	s.ws, s.socket = ws, up.socket
	go func() {
		defer r.running.Done()
		defer s.leave() // no longer counted, once its place is free
		defer gone()
		s.run(ctx)
	}()
}

// run carries an open connection until it ends.
func (s *session) run(ctx context.Context) {
	context.AfterFunc(ctx, func() { s.ws.CloseNow() })
	s.ws.SetReadLimit(int64(s.relay.limits.Frame))
	s.socket.await = s.settle
	s.relay.log.Debug("relay: connected", "from", s.who)

	offer := time.AfterFunc(s.relay.limits.Offer, func() {
		if !s.asked.Load() {
			s.offer()
			s.flush()
		}
	})
	defer offer.Stop()
	defer s.keepAsking(ctx)()
	if s.out.release() != idle { // the relay ended meanwhile
		go s.drain(nil)
	}
	s.read(ctx)
	s.due.flush()
	s.out.end()
	if s.out.claim() {
		s.drain(nil)
	}
	<-s.written
	s.relay.log.Debug("relay: gone", "from", s.who)
}

// settle writes what came of the messages handled, before more are waited for:
// what others wait for first, and then this one's receipts, for which nobody does.
func (s *session) settle() {
	s.due.flush()
	s.flush()
}

// enlist adds a session unless the relay is ending.
func (r *Relay) enlist(s *session) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closing {
		return false
	}
	r.sessions[s] = struct{}{}
	r.running.Add(1)
	return true
}

// incoming are the buffers that messages are read into.
var incoming = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// read handles what comes, in order, until the connection ends. Its context is
// not the library's business, which would watch it anew for each read: whoever
// ends it closes the socket.
func (s *session) read(ctx context.Context) {
	late := time.AfterFunc(s.relay.limits.Read, s.cut)
	late.Stop()
	for {
		kind, body, err := s.ws.Reader(context.Background())
		if err != nil {
			return
		}
		if !s.take(kind, body, late) {
			return
		}
		if s.pause {
			s.pause = false
			s.settle()
			select {
			case <-ctx.Done():
			case <-time.After(s.relay.limits.Pause):
			}
		}
	}
}

// take reads and handles one message. It reports false when the connection
// should end.
func (s *session) take(kind websocket.MessageType, body io.Reader, late *time.Timer) bool {
	frame := incoming.Get().(*bytes.Buffer)
	defer func() {
		if frame.Cap() <= keptBuffer {
			frame.Reset()
			incoming.Put(frame)
		}
	}()
	late.Reset(s.relay.limits.Read)
	_, err := frame.ReadFrom(body)
	late.Stop()
	if err != nil {
		return false
	}
	if kind != websocket.MessageText {
		s.notice("invalid: messages are text")
		return false
	}
	return s.handle(frame.Bytes())
}

// keepAsking pings now and then, and ends a connection whose other side no
// longer answers; stop ends it.
func (s *session) keepAsking(ctx context.Context) (stop func() bool) {
	var next *time.Timer
	next = time.AfterFunc(math.MaxInt64, func() {
		timed, stop := context.WithTimeout(ctx, s.relay.limits.Ping)
		defer stop()
		if s.ws.Ping(timed) != nil {
			s.cut()
			return
		}
		next.Reset(s.relay.limits.Ping)
	})
	next.Reset(s.relay.limits.Ping) // only now that it has its name
	return next.Stop
}
