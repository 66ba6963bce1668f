package keeper

import (
	"errors"
	"slices"
	"sync"

	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// finishing is who is owed the answers whose outcome waits for the next
// commit, by the request's event: a relay that takes one meanwhile is no longer
// owed it when that commit comes, and needs none of its own.
type finishing struct {
	mu   sync.Mutex
	owed map[nostr.ID]*owed
}

type owed struct {
	left    []string
	settled bool // a relay was heard of
}

// begin notes who is owed the answer that is about to be queued. The result is
// for the commit, which may ask more than once: what changes after it has asked
// is written for itself.
func (f *finishing) begin(event nostr.ID, relays []string) (end func() owed) {
	o := &owed{left: slices.Clone(relays)}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.owed == nil {
		f.owed = map[nostr.ID]*owed{}
	}
	f.owed[event] = o
	return func() owed {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.owed[event] == o {
			delete(f.owed, event)
		}
		return *o
	}
}

// settle changes who is owed, unless that is written already.
func (f *finishing) settle(event nostr.ID, left []string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	o := f.owed[event]
	if o == nil {
		return false
	}
	o.left, o.settled = left, true
	return true
}

// settled hears which relays a kept answer is still owed to.
func (k *Keeper) settled(app string, event nostr.ID, left []string) {
	if k.ending.settle(event, left) {
		failpoint.Hit(failpoint.Settle)
		return
	}
	k.store.Later(func(tx store.Tx) error {
		if err := tx.SetOwed(app, event, left); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	})
}
