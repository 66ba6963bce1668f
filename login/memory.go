package login

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// maxPending bounds the challenges that memory holds.
const maxPending = 100_000

var errFull = errors.New("login: too many challenges are open")

// Memory is a [Store] that ends with the process.
type Memory struct {
	mu       sync.Mutex
	pending  map[Hash]Pending
	sessions map[Hash]Kept
}

// NewMemory makes an empty one.
func NewMemory() *Memory {
	return &Memory{pending: map[Hash]Pending{}, sessions: map[Hash]Kept{}}
}

// AddPending keeps a challenge.
func (m *Memory) AddPending(_ context.Context, p Pending) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.pending) >= maxPending {
		return errFull
	}
	m.pending[p.Challenge] = p
	return nil
}

// TakePending takes a challenge out.
func (m *Memory) TakePending(_ context.Context, challenge, browser Hash, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.pending[challenge]
	if !ok || p.Browser != browser || !now.Before(p.Ends) {
		return ErrNone
	}
	delete(m.pending, challenge)
	return nil
}

// AddSession keeps a session.
func (m *Memory) AddSession(_ context.Context, s Kept) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sessions[s.Token] = s
	return nil
}

// Session finds one that has not ended.
func (m *Memory) Session(_ context.Context, token Hash, now time.Time) (Kept, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[token]
	if !ok || !now.Before(s.Ends) {
		return Kept{}, ErrNone
	}
	return s, nil
}

// Touch notes that a session was used.
func (m *Memory) Touch(_ context.Context, token Hash, used, ends time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[token]
	if !ok {
		return ErrNone
	}
	s.Used, s.Ends = used, ends
	m.sessions[token] = s
	return nil
}

// EndSession ends one.
func (m *Memory) EndSession(_ context.Context, token Hash) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.sessions, token)
	return nil
}

// EndSessions ends all of a key.
func (m *Memory) EndSessions(_ context.Context, key nostr.PubKey) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for t, s := range m.sessions {
		if s.PubKey == key {
			delete(m.sessions, t)
		}
	}
	return nil
}

// Sweep forgets what ended.
func (m *Memory) Sweep(_ context.Context, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for h, p := range m.pending {
		if !now.Before(p.Ends) {
			delete(m.pending, h)
		}
	}
	for t, s := range m.sessions {
		if !now.Before(s.Ends) {
			delete(m.sessions, t)
		}
	}
	return nil
}
