package relay

import "sync"

// message is one websocket message: head then body. The body of an event is
// built once and shared by every queue it waits in.
type message struct{ head, body []byte }

func (m message) size() int { return len(m.head) + len(m.body) }

// queue is what waits for one reader, in order, bounded by count and bytes.
// Pushing never blocks.
type queue struct {
	mu       sync.Mutex
	msgs     []message
	first    int // index of the oldest
	bytes    int
	maxCount int
	maxBytes int
	ended    bool // nothing more is taken
	wake     chan struct{}
}

func newQueue(count, bytes int) *queue {
	return &queue{maxCount: count, maxBytes: bytes, wake: make(chan struct{}, 1)}
}

// push appends a message. It reports false when there is no room or the queue
// has ended.
func (q *queue) push(m message) bool {
	q.mu.Lock()
	ok := !q.ended && q.count() < q.maxCount && q.bytes+m.size() <= q.maxBytes
	if ok {
		if q.first > 64 && q.first > len(q.msgs)/2 {
			n := copy(q.msgs, q.msgs[q.first:])
			clear(q.msgs[n:])
			q.msgs, q.first = q.msgs[:n], 0
		}
		q.msgs = append(q.msgs, m)
		q.bytes += m.size()
	}
	q.mu.Unlock()
	if ok {
		q.signal()
	}
	return ok
}

// pop takes the oldest message, and tells whether the queue has ended when
// there is none.
func (q *queue) pop() (m message, ok, ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.count() == 0 {
		if cap(q.msgs) > 1024 {
			q.msgs = nil
		}
		q.msgs, q.first = q.msgs[:0], 0
		return message{}, false, q.ended
	}
	m = q.msgs[q.first]
	q.msgs[q.first] = message{}
	q.first++
	q.bytes -= m.size()
	return m, true, false
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
	return q.maxCount - q.count(), q.maxBytes - q.bytes
}

func (q *queue) count() int { return len(q.msgs) - q.first }

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}
