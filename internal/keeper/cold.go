package keeper

import (
	"context"
	"sync"

	"github.com/privyseal/privyseal/internal/control"
)

// coldShelf keeps what arrives while nothing can be opened yet: after a cold
// start with a locked vault (design decision 12). What is still fresh at unlock
// is served.
type coldShelf struct {
	mu    sync.Mutex
	items []control.Inbound
	size  int
}

const (
	maxCold      = 1000
	maxColdBytes = 16 << 20
)

// shelve keeps an event for later; the oldest make room.
func (k *Keeper) shelve(in control.Inbound) {
	c := &k.cold
	c.mu.Lock()
	defer c.mu.Unlock()
	k.counts.add("events_while_locked", 1)
	k.counts.locked(k.now())
	c.items, c.size = append(c.items, in), c.size+len(in.Event)
	for len(c.items) > maxCold || c.size > maxColdBytes {
		c.size -= len(c.items[0].Event)
		c.items = c.items[1:]
	}
}

// unshelve serves what was kept.
func (k *Keeper) unshelve(ctx context.Context) {
	k.cold.mu.Lock()
	items := k.cold.items
	k.cold.items, k.cold.size = nil, 0
	k.cold.mu.Unlock()
	for _, in := range items {
		k.take(ctx, in)
	}
}
