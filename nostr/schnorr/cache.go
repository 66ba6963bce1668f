package schnorr

import "sync"

// cacheGeneration bounds each of a cache's two generations, in keys, where the
// cache says nothing else.
const cacheGeneration = 2048

// keyCache remembers parsed public keys, since the same clients come again.
// It keeps two generations: a full young one becomes the old one, and what was
// old and not used meanwhile is forgotten. Only valid keys belong in it.
type keyCache[V any] struct {
	most       int // in a generation; 0 is cacheGeneration
	mu         sync.RWMutex
	young, old map[[32]byte]V
}

func (c *keyCache[V]) get(pub *[32]byte) (V, bool) {
	c.mu.RLock()
	v, ok := c.young[*pub]
	stale := false
	if !ok {
		v, stale = c.old[*pub]
	}
	c.mu.RUnlock()
	if stale {
		c.put(pub, v)
	}
	return v, ok || stale
}

func (c *keyCache[V]) put(pub *[32]byte, v V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	most := c.most
	if most == 0 {
		most = cacheGeneration
	}
	if len(c.young) >= most || c.young == nil {
		c.old, c.young = c.young, make(map[[32]byte]V)
	}
	c.young[*pub] = v
}
