package keeper

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/herald"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nostr"
)

// settingAnnounced says whether apps may find the signer on relays, settingTold
// what those were told.
const (
	settingAnnounced = "announce"
	settingTold      = "announced"
)

const announceEvery = 30 * time.Second

// nudgeHerald has what is announced looked at anew.
func (k *Keeper) nudgeHerald() {
	select {
	case k.heralds <- struct{}{}:
	default:
	}
}

// keepAnnounced tells relays where this signer is found, and takes it back.
func (k *Keeper) keepAnnounced(ctx context.Context) {
	tick := time.NewTicker(announceEvery)
	defer tick.Stop()
	for {
		if err := k.announce(ctx); err != nil && ctx.Err() == nil {
			k.log.Warn("what relays are told of this signer could not be looked after", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-k.heralds:
		}
	}
}

// wish is what apps should find on relays.
func (k *Keeper) wish() herald.Wish {
	origin := k.publicOrigin()
	u, err := url.Parse(origin)
	if origin == "" || err != nil || k.setting(settingAnnounced) != "on" {
		return herald.Wish{}
	}
	w := herald.Wish{Page: control.ConnectTemplate(origin), Name: u.Host}
	for _, r := range k.ears.forLinks() {
		if r.Public {
			w.Relays = append(w.Relays, r.URL)
		}
	}
	slices.Sort(w.Relays) // their order is no news
	return w
}

func (k *Keeper) told(ctx context.Context) (t herald.Told, err error) {
	err = k.store.View(ctx, func(r store.Reader) error { return readSetting(r, settingTold, &t) })
	return t, err
}

// announce signs what is new, with the signer's own key, and sends what is owed.
func (k *Keeper) announce(ctx context.Context) error {
	told, err := k.told(ctx)
	if err != nil || k.vault.Locked() || k.Older() != "" {
		return err
	}
	detail := ""
	if w := k.wish(); !told.Holds(w) {
		if detail, err = k.sayAnew(ctx, &told, w); err != nil {
			return err
		}
	}
	places := map[string]control.Place{}
	var there []string
	for _, r := range k.ears.configured() {
		if !r.Own { // ours carries requests only
			places[r.URL] = control.Place{URL: r.URL, Typed: r.Typed}
			there = append(there, r.URL)
		}
	}
	var to []control.Place
	for _, u := range told.Owed(there, k.now()) {
		p, ok := places[u]
		if !ok {
			p = control.Place{URL: u}
		}
		to = append(to, p)
	}
	if len(to) == 0 && detail == "" {
		return nil
	}
	// Kept before anybody hears: what was said can always be taken back.
	if err := k.keepTold(ctx, &told, detail); err != nil || len(to) == 0 {
		return err
	}
	k.proclaim(ctx, &told, to[:min(len(to), control.MaxErrandRelays)])
	return k.keepTold(ctx, &told, "")
}

// sayAnew signs what has to be said now, and says so for the record.
func (k *Keeper) sayAnew(ctx context.Context, told *herald.Told, w herald.Wish) (detail string, err error) {
	key, err := k.announcement(ctx)
	if err != nil {
		return "", err
	}
	var events []*nostr.Event
	for _, t := range told.Templates(w, key.PublicKey(), k.now()) {
		e, err := key.Sign(&t)
		if err != nil {
			return "", err
		}
		events = append(events, e)
	}
	told.Say(w, events)
	if w.Name == "" {
		return "apps are no longer told where the signer is", nil
	}
	return "apps may find the signer at " + w.Name, nil
}

// proclaim takes the events to relays and hears what they say.
func (k *Keeper) proclaim(ctx context.Context, told *herald.Told, to []control.Place) {
	type word struct {
		ok, reached bool
		why         string
	}
	said := map[string]word{}
	for _, p := range to {
		said[p.URL] = word{ok: true, reached: true}
	}
	for _, e := range told.Events {
		heard := map[string]word{}
		for _, r := range k.postTo(ctx, to, e) {
			why, _ := words.Sanitize(r.Reason, 200)
			heard[r.Relay] = word{r.OK, r.Sent, why}
		}
		for u, before := range said {
			if now := heard[u]; before.ok {
				said[u] = now
			}
		}
	}
	for u, w := range said {
		if !w.ok {
			k.log.Info("a relay was not told of this signer", "relay", u, "reason", w.why)
		}
		told.Said(u, w.ok, w.reached, w.why, k.now())
	}
}

func (k *Keeper) keepTold(ctx context.Context, told *herald.Told, detail string) error {
	raw, err := json.Marshal(told)
	if err != nil {
		return err
	}
	return k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.SetSetting(settingTold, string(raw)); err != nil || detail == "" {
			return err
		}
		return note(tx, privyseal.Record{Time: k.now(), Detail: detail})
	})
}
