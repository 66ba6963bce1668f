package keeper

import (
	"context"
	"maps"
	"net/url"
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
)

// discovery says how apps find this signer. Nothing of it is about a person.
func (k *Keeper) discovery(ctx context.Context, _ none) (control.Discovery, error) {
	d := control.Discovery{Origin: k.publicOrigin(), Relays: []string{}}
	err := k.store.View(ctx, func(r store.Reader) (err error) { d.Signer, err = r.Setting(settingAnnouncePub); return err })
	if err != nil || d.Signer == "" {
		return d, privyseal.E(privyseal.KindNotFound, "there is no vault yet", "make one with: privyseal up")
	}
	for _, r := range k.ears.forLinks() {
		if d.Origin == "" || r.Public {
			d.Relays = append(d.Relays, r.URL)
		}
	}
	d.Home = d.Origin
	if all := k.desk.Show().Origins; d.Home == "" && len(all) > 0 {
		d.Home = all[0]
	}
	told, err := k.told(ctx)
	d.Announced = told.Wish.Page != ""
	for _, u := range slices.Sorted(maps.Keys(told.Places)) {
		d.Told = append(d.Told, control.ToldRelay{URL: u, Has: told.Places[u].Has, Why: told.Places[u].Why})
	}
	return d, err
}

// publicOrigin is the console's address for other computers; "" without one.
func (k *Keeper) publicOrigin() string {
	for _, o := range k.desk.Show().Origins {
		if u, err := url.Parse(o); err == nil && u.Scheme == "https" && publicURL(o) {
			return o
		}
	}
	return ""
}
