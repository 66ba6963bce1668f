package relay

import (
	"sync"
	"time"

	"github.com/coder/websocket"
)

// A connection has no goroutine that waits for something to write. Whoever
// queued something flushes it: what the network takes at once is written then
// and there, and only for the rest a goroutine begins, which ends with the queue.

// flush writes what waits, unless somebody is at it. It never waits for the reader.
func (s *session) flush() {
	if !s.out.claim() {
		return
	}
	if !s.socket.plain() {
		go s.drain(nil)
		return
	}
	p := batches.Get().(*[]byte)
	frames := s.out.take((*p)[:0])
	left, done, err := s.socket.try(frames)
	switch {
	case err != nil:
		s.cut()
		close(s.written)
	case !done || s.out.release() != idle:
		go s.drain(append([]byte(nil), left...))
	}
	giveBack(p, frames)
}

// handOver has a goroutine of its own write what waits.
func (s *session) handOver() {
	if s.out.claim() {
		go s.drain(nil)
	}
}

// drain writes frames, and what waits, until the queue is empty. When the queue
// has ended, or the reader takes nothing in time, the connection ends with it.
func (s *session) drain(frames []byte) {
	p := batches.Get().(*[]byte)
	defer func() { giveBack(p, frames) }()
	for {
		late := time.AfterFunc(s.relay.limits.Write, s.tooSlow)
		err := s.socket.write(frames)
		late.Stop()
		state := over
		if err == nil {
			state = s.out.release()
		}
		switch state {
		case idle:
			return
		case over:
			if err == nil {
				s.ws.Close(websocket.StatusGoingAway, "")
			}
			s.cut()
			close(s.written)
			return
		case waiting:
		}
		frames = s.out.take((*p)[:0])
	}
}

// batches are the buffers that frames are gathered in.
var batches = sync.Pool{New: func() any { b := make([]byte, 0, writeBatch+4<<10); return &b }}

// giveBack returns a buffer, as it has grown but not beyond what is kept.
func giveBack(p *[]byte, used []byte) {
	if cap(used) > cap(*p) && cap(used) <= keptBuffer {
		*p = used[:0]
	}
	batches.Put(p)
}

// due are the connections for which something was queued while a batch of
// messages was handled: one write takes it all to each.
type due struct {
	mu       sync.Mutex
	sessions []*session
}

// fewDue is for how many connections one goroutine writes by itself.
const fewDue = 16

// add notes a connection.
func (d *due) add(s *session) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n := len(d.sessions); n == 0 || d.sessions[n-1] != s {
		d.sessions = append(d.sessions, s)
	}
}

// flush writes what is due.
func (d *due) flush() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, s := range d.sessions {
		if i < fewDue {
			s.flush()
		} else {
			s.handOver()
		}
	}
	clear(d.sessions)
	if d.sessions = d.sessions[:0]; cap(d.sessions) > fewDue {
		d.sessions = nil
	}
}
