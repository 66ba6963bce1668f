package heads

import (
	"sync"

	"github.com/privyseal/privyseal/nostr"
)

// Bounds of what is at hand.
const (
	maxSeen     = 512
	maxSeenText = 16 << 10 // bytes of one event's content
)

// Seen is events at hand, in memory, so that a deletion can say what it is
// about. The zero value is ready.
type Seen struct {
	mu     sync.Mutex
	events map[nostr.ID]*nostr.Event
}

// Put takes in a verified event.
func (s *Seen) Put(e *nostr.Event) {
	if len(e.Content) > maxSeenText {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.events == nil || len(s.events) >= maxSeen {
		s.events = map[nostr.ID]*nostr.Event{}
	}
	s.events[e.ID] = e
}

// Find is an event by its id in hex; nil when it is not at hand.
func (s *Seen) Find(id string) *nostr.Event {
	parsed, err := nostr.ParseID(id)
	if err != nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.events[parsed]
}

// Wipe forgets all.
func (s *Seen) Wipe() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events = nil
}
