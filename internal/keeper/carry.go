package keeper

import (
	"context"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/keeper/powers"
	"github.com/privyseal/privyseal/internal/store"
)

// viewer is a store that is read only.
type viewer interface {
	View(context.Context, func(store.Reader) error) error
}

// Stopped lists the apps of a store that may do nothing there: revoked, ended
// or paused. A backup from before must not give them their power back (T58).
func Stopped(ctx context.Context, s viewer) (apps []privyseal.App, err error) {
	err = s.View(ctx, func(r store.Reader) error {
		all, err := r.Apps()
		for _, a := range all {
			if a.State != privyseal.AppActive {
				apps = append(apps, a)
			}
		}
		return err
	})
	return apps, err
}

// Stop gives apps that are active in a store the state that they have in the
// list; it answers how many there were.
func Stop(tx store.Tx, apps []privyseal.App) (n int, err error) {
	for _, stopped := range apps {
		a, err := tx.App(stopped.ID)
		if err != nil || a.State != privyseal.AppActive {
			continue // it is not in this store, or has no power there
		}
		a.State, a.StateSince = stopped.State, stopped.StateSince
		if err := tx.PutApp(a); err != nil {
			return n, err
		}
		if err := powers.Stop(tx, a.ID); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
