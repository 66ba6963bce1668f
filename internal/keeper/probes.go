package keeper

import (
	"sync"
	"sync/atomic"

	"github.com/privyseal/privyseal/nostr"
)

// probes are the throw-away keys that a test message is awaited for.
type probes struct {
	mu   sync.Mutex
	keys map[nostr.PubKey]chan struct{}
	sent map[nostr.ID]chan struct{} // requests to our own keys
	some atomic.Bool                // whether any is on its way
}

func (p *probes) expect(pk nostr.PubKey) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keys == nil {
		p.keys = map[nostr.PubKey]chan struct{}{}
	}
	ch := make(chan struct{})
	p.keys[pk] = ch
	return ch
}

func (p *probes) forget(pk nostr.PubKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.keys, pk)
}

func (p *probes) expects(pk nostr.PubKey) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.keys[pk]
	return ok
}

// arrived notes a test message; it reports whether one was awaited for the key.
func (p *probes) arrived(e *nostr.Event) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.keys) == 0 || e.Content != "probe" {
		return false
	}
	pk, err := nostr.ParsePubKey(e.Tags.TagValue("p"))
	if err != nil {
		return false
	}
	ch, ok := p.keys[pk]
	if ok {
		close(ch)
		delete(p.keys, pk)
	}
	return ok
}

// send notes a request of our own; it is closed when the request comes back.
func (p *probes) send(id nostr.ID) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sent == nil {
		p.sent = map[nostr.ID]chan struct{}{}
	}
	ch := make(chan struct{})
	p.sent[id] = ch
	p.some.Store(true)
	return ch
}

func (p *probes) forgetEvent(id nostr.ID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sent, id)
	p.some.Store(len(p.sent) > 0)
}

// returned reports whether an event is a request of our own, unchanged.
func (p *probes) returned(e *nostr.Event) bool {
	if !p.some.Load() {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	ch, ok := p.sent[e.ID]
	if !ok || e.ComputeID() != e.ID {
		return false
	}
	close(ch)
	delete(p.sent, e.ID)
	return true
}
