package relay

import (
	"bytes"
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// keptBuffer is the largest buffer a connection keeps between messages, in bytes.
const keptBuffer = 16 << 10

// serve opens one connection and runs it until it ends. One goroutine reads and
// handles, in order; one writes. What a client sends while its own messages are
// handled waits in its socket. The goroutine of the request ends with this: its
// stack is twice what one that only reads needs.
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
	ws, err := websocket.Accept(w, req, &websocket.AcceptOptions{
		InsecureSkipVerify: true,
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil { // Accept has answered
		gone()
		s.leave()
		r.running.Done()
		return
	}
	go func() {
		defer r.running.Done()
		defer s.leave() // no longer counted, once its place is free
		defer gone()
		s.run(ctx, ws)
	}()
}

// run carries an open connection until it ends.
func (s *session) run(ctx context.Context, ws *websocket.Conn) {
	context.AfterFunc(ctx, func() { ws.CloseNow() })
	ws.SetReadLimit(int64(s.relay.limits.Frame))
	s.relay.log.Debug("relay: connected", "from", s.who)

	idle := time.AfterFunc(s.relay.limits.Offer, func() {
		if !s.asked.Load() {
			s.offer()
		}
	})
	defer idle.Stop()
	written := make(chan struct{})
	go func() {
		defer close(written)
		s.write(ctx, ws)
	}()
	s.read(ctx, ws)
	s.out.end()
	<-written
	s.relay.log.Debug("relay: gone", "from", s.who)
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

// read handles what comes, in order, until the connection ends.
func (s *session) read(ctx context.Context, ws *websocket.Conn) {
	var frame bytes.Buffer
	for {
		kind, body, err := ws.Reader(ctx)
		if err != nil {
			return
		}
		late := time.AfterFunc(s.relay.limits.Read, s.cut)
		_, err = frame.ReadFrom(body)
		late.Stop()
		if err != nil {
			return
		}
		if kind != websocket.MessageText {
			s.notice("invalid: messages are text")
			return
		}
		if !s.handle(frame.Bytes()) {
			return
		}
		if frame.Reset(); frame.Cap() > keptBuffer {
			frame = bytes.Buffer{}
		}
		if s.pause {
			s.pause = false
			select {
			case <-ctx.Done():
			case <-time.After(s.relay.limits.Pause):
			}
		}
	}
}

// write sends what is queued until the queue has ended or a message could not
// be sent in time, and pings when there is nothing to send.
func (s *session) write(ctx context.Context, ws *websocket.Conn) {
	ping := time.NewTicker(s.relay.limits.Ping)
	defer ping.Stop()
	var pinging atomic.Bool
	var frame []byte
	for {
		m, ok, ended := s.out.pop()
		if ok {
			frame = append(append(frame[:0], m.head...), m.body...)
			if err := s.writeFrame(ctx, ws, frame); err != nil {
				s.cut()
				return
			}
			if cap(frame) > keptBuffer {
				frame = nil
			}
			continue
		}
		if ended {
			ws.Close(websocket.StatusGoingAway, "")
			s.cut()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-s.out.wake:
		case <-ping.C:
			if pinging.CompareAndSwap(false, true) {
				go func() {
					defer pinging.Store(false)
					s.ping(ctx, ws)
				}()
			}
		}
	}
}

// writeFrame sends one message; a reader that does not take it in time is cut off.
func (s *session) writeFrame(ctx context.Context, ws *websocket.Conn, frame []byte) error {
	timed, stop := context.WithTimeout(ctx, s.relay.limits.Write)
	defer stop()
	err := ws.Write(timed, websocket.MessageText, frame)
	if err != nil && timed.Err() == context.DeadlineExceeded {
		s.tooSlow()
	}
	return err
}

// ping ends a connection whose other side no longer answers.
func (s *session) ping(ctx context.Context, ws *websocket.Conn) {
	timed, stop := context.WithTimeout(ctx, s.relay.limits.Ping)
	defer stop()
	if ws.Ping(timed) != nil {
		s.cut()
	}
}
