package keeper

import (
	"context"
	"sync"
)

// crew counts the work under way, so that a stop can wait for it. Closed, it
// takes no new work. The zero value is closed.
type crew struct {
	mu   sync.Mutex
	open bool
	n    int
	idle chan struct{} // closed when nothing is under way; nil while nobody waits
}

func (c *crew) set(open bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = open
}

// enter begins a piece of work, unless the crew is closed.
func (c *crew) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open {
		c.n++
	}
	return c.open
}

// alone reports whether no more than one piece of work is under way.
func (c *crew) alone() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n <= 1
}

func (c *crew) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n--; c.n == 0 && c.idle != nil {
		close(c.idle)
		c.idle = nil
	}
}

// wait returns when nothing is under way.
func (c *crew) wait(ctx context.Context) error {
	c.mu.Lock()
	if c.n == 0 {
		c.mu.Unlock()
		return nil
	}
	if c.idle == nil {
		c.idle = make(chan struct{})
	}
	idle := c.idle
	c.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
