package keeper

import (
	"context"
	"errors"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
)

// load reads who may write to us. Nothing else is done with the store meanwhile,
// so that two readers see the same and have half of the apps to read each.
func (b *book) load(ctx context.Context, s store.Store) error {
	apps := func(half int) error {
		return s.View(ctx, func(r store.Reader) error {
			return r.EachApp(half, 2, func(a privyseal.App) error { b.putApp(a); return nil })
		})
	}
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
	second := make(chan error, 1)
	go func() { second <- apps(1) }()
	err = apps(0)
	if err = errors.Join(err, <-second); err != nil {
		return err
	}
	return s.View(ctx, func(r store.Reader) error {
		invs, err := r.Invitations()
		for _, inv := range invs {
			b.putInvitation(inv)
		}
		return err
	})
}
