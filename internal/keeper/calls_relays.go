package keeper

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

func (k *Keeper) listRelays(context.Context, none) ([]control.RelayInfo, error) {
	return k.relayInfos(), nil
}

func (k *Keeper) addRelay(ctx context.Context, n control.Name) ([]control.RelayInfo, error) {
	url, err := nostr.NormalizeRelayURL(n.Name)
	if err != nil {
		return nil, privyseal.E(privyseal.KindInvalid, "“"+n.Name+"” is not the address of a relay: "+err.Error(), "for example: wss://relay.example")
	}
	if !k.ears.add(Relay{URL: url, Public: publicURL(url), Typed: true}, k.now()) {
		return nil, privyseal.E(privyseal.KindConflict, "this relay is on the list already", "see: privyseal relays list")
	}
	if err := k.saveRelays(ctx, func(urls []string) []string { return append(urls, url) }, "relay added "+by(ctx)); err != nil {
		k.ears.remove(url, k.now())
		return nil, err
	}
	// An app's link may have named it before, where only a public address counts.
	if err := k.send(&control.Listen{Relay: url, Since: k.now().Add(-lookBack).Unix(), Typed: true}); err != nil {
		k.log.Warn("the front did not take a relay's address", "relay", url, "err", err)
	}
	k.listenAll()
	k.nudgeHerald()
	k.lookAround()
	return k.relayInfos(), nil
}

func (k *Keeper) removeRelay(ctx context.Context, n control.Name) ([]control.RelayInfo, error) {
	url, err := nostr.NormalizeRelayURL(n.Name)
	if err != nil {
		return nil, privyseal.E(privyseal.KindInvalid, "“"+n.Name+"” is not the address of a relay", "see: privyseal relays list")
	}
	if len(k.ears.configured()) == 1 {
		return nil, privyseal.E(privyseal.KindConflict, "this is the only relay; without it no app reaches the signer", "add another one first: privyseal relays add wss://relay.example")
	}
	if !k.ears.remove(url, k.now()) {
		return nil, privyseal.E(privyseal.KindNotFound, "this relay is not on the list, or it is the own one", "see: privyseal relays list")
	}
	drop := func(urls []string) []string {
		return slices.DeleteFunc(urls, func(u string) bool { return u == url })
	}
	if err := k.saveRelays(ctx, drop, "relay removed "+by(ctx)); err != nil {
		k.ears.add(Relay{URL: url, Public: publicURL(url), Typed: true}, k.now())
		return nil, err
	}
	k.listenAll()
	k.nudgeHerald()
	return k.relayInfos(), nil
}

// saveRelays keeps the added relays. Those given at start are not kept.
func (k *Keeper) saveRelays(ctx context.Context, change func([]string) []string, detail string) error {
	return k.store.Update(ctx, func(tx store.Tx) error {
		var urls []string
		if err := readSetting(tx, settingRelays, &urls); err != nil {
			return err
		}
		next, err := json.Marshal(change(urls))
		if err != nil {
			return err
		}
		if err := tx.SetSetting(settingRelays, string(next)); err != nil {
			return err
		}
		if err := k.savePast(tx); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: k.now(), Detail: detail})
	})
}

// testFor is how long a relay may take to bring a request back.
const testFor = 5 * time.Second

// testRelays sends itself a request through every relay, or one, and times it.
func (k *Keeper) testRelays(ctx context.Context, n control.Name) ([]control.RelayInfo, error) {
	want := ""
	if n.Name != "" {
		var err error
		if want, err = nostr.NormalizeRelayURL(n.Name); err != nil {
			return nil, privyseal.E(privyseal.KindInvalid, "“"+n.Name+"” is not the address of a relay", "see: privyseal relays list")
		}
	}
	out := []control.RelayInfo{}
	for _, info := range k.relayInfos() {
		if want != "" && info.URL != want {
			continue
		}
		took, err := k.probe(ctx, info.URL)
		switch {
		case err != nil:
			info.Detail = err.Error()
		default:
			info.RoundTrip = float64(took.Microseconds()) / 1000
		}
		out = append(out, info)
	}
	if want != "" && len(out) == 0 {
		return nil, privyseal.E(privyseal.KindNotFound, "this relay is not on the list", "see: privyseal relays list")
	}
	return out, nil
}
