package vault

import (
	"sync"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// pair names a conversation: one of our keys, the other side, the cipher.
type pair struct {
	own    *localKey
	peer   nostr.PubKey
	cipher privyseal.Cipher
}

// conversation is a cached key. It is wiped only when nobody uses it.
type conversation struct {
	mu   sync.RWMutex
	slot *slot // nil once wiped
}

// use runs f on the key, or answers false when it was wiped.
func (c *conversation) use(f func(key *[32]byte)) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.slot == nil {
		return false
	}
	f(c.slot.key)
	return true
}

func (c *conversation) wipe() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.slot != nil {
		c.slot.free()
		c.slot = nil
	}
}

// conversations caches keys in two generations: a full young one becomes the
// old one, and what was old and not used meanwhile is wiped.
type conversations struct {
	size int

	mu         sync.RWMutex
	young, old map[pair]*conversation
}

func newConversations(size int) *conversations {
	return &conversations{size: size, young: make(map[pair]*conversation)}
}

// get answers the conversation, or nil.
func (cs *conversations) get(p pair) *conversation {
	cs.mu.RLock()
	c := cs.young[p]
	stale := c == nil
	if stale {
		c = cs.old[p]
	}
	cs.mu.RUnlock()
	if stale && c != nil {
		cs.renew(p)
	}
	return c
}

// renew moves a conversation to the young generation, if it is still there.
func (cs *conversations) renew(p pair) {
	cs.mu.Lock()
	c := cs.old[p]
	if c == nil {
		cs.mu.Unlock()
		return
	}
	delete(cs.old, p)
	evicted := cs.insert(p, c)
	cs.mu.Unlock()
	wipeAll(evicted)
}

// put caches a copy of key and answers its conversation, which may be another
// caller's. It answers nil when the own key has ended.
func (cs *conversations) put(p pair, key *[32]byte) *conversation {
	cs.mu.Lock()
	if p.own.ended() != nil {
		cs.mu.Unlock()
		return nil
	}
	if c := cs.young[p]; c != nil {
		cs.mu.Unlock()
		return c
	}
	c := &conversation{slot: newSlot()}
	*c.slot.key = *key
	var displaced map[pair]*conversation
	if twin := cs.old[p]; twin != nil {
		delete(cs.old, p)
		displaced = map[pair]*conversation{p: twin}
	}
	evicted := cs.insert(p, c)
	cs.mu.Unlock()
	wipeAll(displaced)
	wipeAll(evicted)
	return c
}

// insert adds to the young generation and answers what to wipe. cs.mu is held.
func (cs *conversations) insert(p pair, c *conversation) (evicted map[pair]*conversation) {
	if len(cs.young) >= cs.size {
		evicted = cs.old
		cs.old, cs.young = cs.young, make(map[pair]*conversation)
	}
	cs.young[p] = c
	return evicted
}

// drop wipes the conversations of one of our keys.
func (cs *conversations) drop(own *localKey) {
	dropped := make(map[pair]*conversation)
	cs.mu.Lock()
	for _, generation := range []map[pair]*conversation{cs.young, cs.old} {
		for p, c := range generation {
			if p.own == own {
				delete(generation, p)
				dropped[p] = c
			}
		}
	}
	cs.mu.Unlock()
	wipeAll(dropped)
}

// wipe wipes all.
func (cs *conversations) wipe() {
	cs.mu.Lock()
	young, old := cs.young, cs.old
	cs.young, cs.old = make(map[pair]*conversation), nil
	cs.mu.Unlock()
	wipeAll(young)
	wipeAll(old)
}

func wipeAll(cs map[pair]*conversation) {
	for _, c := range cs {
		c.wipe()
	}
}
