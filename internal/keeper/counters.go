package keeper

import (
	"fmt"
	"sync"

	"github.com/privyseal/privyseal/internal/control"
)

// counters count what is not recorded one by one. The zero value is ready.
type counters struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counters) add(name string, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[name] += n
}

func (c *counters) all() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make(map[string]int, len(c.n))
	for k, v := range c.n {
		out[k] = v
	}
	return out
}

func typeName(m control.Message) string { return fmt.Sprintf("%T", m) }
