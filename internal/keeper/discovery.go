package keeper

import (
	"context"
	"net/url"

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
	return d, nil
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
