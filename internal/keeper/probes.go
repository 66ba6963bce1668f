package keeper

import (
	"sync"

	"github.com/privyseal/privyseal/nostr"
)

// probes are the throw-away keys that a test message is awaited for.
type probes struct {
	mu   sync.Mutex
	keys map[nostr.PubKey]chan struct{}
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
