package keeper

import (
	"sync"

	"github.com/privyseal/privyseal/internal/control"
)

// posts are the events that errands take to relays, and who waits to hear of
// them. The zero value is ready.
type posts struct {
	mu   sync.Mutex
	next uint64
	open map[uint64]chan control.Posted
}

func (p *posts) begin(relays int) (ref uint64, came <-chan control.Posted, end func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		p.open = map[uint64]chan control.Posted{}
	}
	p.next++
	ref = p.next
	ch := make(chan control.Posted, relays)
	p.open[ref] = ch
	return ref, ch, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, ref)
	}
}

// posted hands over what one relay said; more than was asked for is dropped.
func (k *Keeper) posted(m *control.Posted) {
	k.posts.mu.Lock()
	defer k.posts.mu.Unlock()
	select {
	case k.posts.open[m.Ref] <- *m:
	default:
	}
}
