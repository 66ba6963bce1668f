package keeper

import (
	"context"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// loadBook begins to read who may write to us, see [Begin].
func (k *Keeper) loadBook(ctx context.Context) {
	k.loaded = make(chan struct{})
	go func() {
		defer close(k.loaded)
		k.loadErr = k.book.load(ctx, k.store)
	}()
}

// Loaded waits until it is known who may write to us, as [New] does.
func (k *Keeper) Loaded() error {
	<-k.loaded
	return k.loadErr
}

// loads is how many parts the apps are read in, so that no core is idle for long
// when another has more to do.
const loads = 8

// load reads who may write to us. Nothing is written to the store meanwhile, so
// that all readers see the same.
func (b *book) load(ctx context.Context, s store.Store) error {
	err := s.View(ctx, func(r store.Reader) error {
		ids, err := r.Identities() // before the apps on their keys
		for _, id := range ids {
			b.putIdentity(id)
		}
		return err
	})
	if err != nil {
		return err
	}
	var parts [loads][]*kept
	err = store.Parts(loads, func(part int) error {
		return s.View(ctx, func(r store.Reader) error {
			return r.EachApp(part, loads, func(a privyseal.App) error {
				parts[part] = append(parts[part], new(keep(&a)))
				return nil
			})
		})
	})
	if err != nil {
		return err
	}
	b.fill(parts[:])
	return s.View(ctx, func(r store.Reader) error {
		invs, err := r.Invitations()
		for _, inv := range invs {
			b.putInvitation(inv)
		}
		return err
	})
}

// fill takes over all apps, into maps that need not grow: those by id beside those
// by key.
func (b *book) fill(parts [][]*kept) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, part := range parts {
		n += len(part)
	}
	b.apps, b.signers = make(map[string]*kept, n), make(map[nostr.PubKey]*kept, n)
	byID := make(chan struct{})
	go func() {
		defer close(byID)
		for _, part := range parts {
			for _, s := range part {
				b.apps[s.id] = s
			}
		}
	}()
	for _, part := range parts {
		for _, s := range part {
			b.list(s)
		}
	}
	<-byID
}
