package relay

import "sync"

// message is one websocket message: head then body. The body of an event is
// built once and shared by every queue it waits in.
type message struct {
	head, body []byte
	by         *session // who wrote it, where writers take turns; else nil
}

func (m message) size() int { return len(m.head) + len(m.body) }

// queue is what waits for one reader, bounded by count and bytes. Each writer's
// messages stay in order; writers take turns, and none has more than half the
// room, so that a flood from one delays no other. Pushing never blocks.
type queue struct {
	mu       sync.Mutex
	turns    []*strand // those that hold something, the next one first
	ours     strand    // of no writer
	strands  map[*session]*strand
	length   int
	bytes    int
	maxCount int
	maxBytes int
	ended    bool          // nothing more is taken
	claimed  bool          // somebody writes what waits; see claim
	wake     chan struct{} // of a reader in this process; else nil
}

// newQueue makes the queue of a reader in this process, who waits for wake.
func newQueue(count, bytes int) *queue {
	return &queue{maxCount: count, maxBytes: bytes, strands: make(map[*session]*strand), wake: make(chan struct{}, 1)}
}

// newOutgoing makes the queue of a connection. It is claimed until the
// connection is open.
func newOutgoing(count, bytes int) *queue {
	return &queue{maxCount: count, maxBytes: bytes, claimed: true}
}

// strand is what waits of one writer.
type strand struct {
	by    *session
	msgs  []message
	first int // index of the oldest
	bytes int
}

func (s *strand) count() int { return len(s.msgs) - s.first }

func (s *strand) next() message { return s.msgs[s.first] }

func (s *strand) push(m message) {
	if s.first > 64 && s.first > len(s.msgs)/2 {
		n := copy(s.msgs, s.msgs[s.first:])
		clear(s.msgs[n:])
		s.msgs, s.first = s.msgs[:n], 0
	}
	s.msgs = append(s.msgs, m)
	s.bytes += m.size()
}

func (s *strand) pop() message {
	m := s.msgs[s.first]
	s.msgs[s.first] = message{}
	s.first++
	s.bytes -= m.size()
	if s.count() == 0 {
		if cap(s.msgs) > 1024 {
			s.msgs = nil
		}
		s.msgs, s.first = s.msgs[:0], 0
	}
	return m
}

// push appends a message. It reports false when there is no room or the queue
// has ended.
func (q *queue) push(m message) bool {
	q.mu.Lock()
	ok := !q.ended && q.length < q.maxCount && q.bytes+m.size() <= q.maxBytes
	s := &q.ours
	if m.by != nil {
		if s = q.strands[m.by]; s == nil {
			s = &strand{by: m.by}
		}
		ok = ok && s.count() < max(1, q.maxCount/2) && s.bytes+m.size() <= q.maxBytes/2
	}
	if ok {
		if s.count() == 0 {
			q.turns = append(q.turns, s)
			if m.by != nil {
				q.strands[m.by] = s
			}
		}
		s.push(m)
		q.length++
		q.bytes += m.size()
	}
	q.mu.Unlock()
	if ok {
		q.signal()
	}
	return ok
}

// pop takes the oldest message of the writer whose turn it is, and tells whether
// the queue has ended when there is none.
func (q *queue) pop() (m message, ok, ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.length == 0 {
		return message{}, false, q.ended
	}
	return q.first(), true, false
}

// first takes the oldest message of the writer whose turn it is; there is one.
// It is called with mu held.
func (q *queue) first() message {
	s := q.turns[0]
	m := s.pop()
	q.length--
	q.bytes -= m.size()
	rest := copy(q.turns, q.turns[1:])
	q.turns[rest] = nil
	q.turns = q.turns[:rest]
	if s.count() > 0 {
		q.turns = append(q.turns, s)
	} else if s.by != nil {
		delete(q.strands, s.by)
	}
	return m
}

// claim makes the caller the one who writes what waits, or the end when the
// queue has ended, until release. It reports false when there is nothing to do or
// somebody does it.
func (q *queue) claim() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.claimed || q.length == 0 && !q.ended {
		return false
	}
	q.claimed = true
	return true
}

// What release tells whoever claimed a queue.
type state int

const (
	idle    state = iota // nothing waits, and the claim is given back
	waiting              // more waits
	over                 // nothing waits, and nothing will
)

// release gives a claim back unless there is more to do. Whatever is pushed
// comes before it, and is written by the caller, or after it, and whoever pushed
// it finds the queue free.
func (q *queue) release() state {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.length > 0:
		return waiting
	case q.ended:
		return over
	}
	q.claimed = false
	return idle
}

// take appends the frames of what waits to dst, as many as one write takes.
func (q *queue) take(dst []byte) []byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.length > 0 && (len(dst) == 0 || len(dst)+q.turns[0].next().size() <= writeBatch) {
		dst = appendFrame(dst, q.first())
	}
	return dst
}

// end takes nothing more; what waits is still popped.
func (q *queue) end() {
	q.mu.Lock()
	q.ended = true
	q.mu.Unlock()
	q.signal()
}

// over reports whether the queue has ended.
func (q *queue) over() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.ended
}

// room is how many messages and bytes may still be pushed.
func (q *queue) room() (count, bytes int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.maxCount - q.length, q.maxBytes - q.bytes
}

func (q *queue) signal() {
	if q.wake == nil {
		return
	}
	select {
	case q.wake <- struct{}{}:
	default:
	}
}
