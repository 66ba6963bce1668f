package keeper

import (
	"context"
	"encoding/json"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/nostr"
)

// lookBack is how far a first subscription reaches back: as far as a request
// may be old.
const lookBack = maxPast

// listenAll subscribes every key that apps write to, and ends the subscriptions
// that nobody needs any more: of keys that are gone, and on relays that only
// ended sessions used.
func (k *Keeper) listenAll() {
	k.ears.turn.Lock()
	defer k.ears.turn.Unlock()
	now, first := k.now(), k.ears.first()
	common, of := k.ears.relaysFor(nil, now), k.book.relaysByKey(now) // of all keys, and of some besides
	all := k.book.allKeys()
	for _, relay := range common {
		if len(all) > 0 || k.ears.listed(relay) {
			k.listenOn(relay, all)
		}
	}
	some := map[string][]nostr.PubKey{}
	for key, relays := range of {
		for _, relay := range relays {
			if _, known := k.book.address(key); known && !slices.Contains(common, relay) {
				some[relay] = append(some[relay], key)
			}
		}
	}
	for relay, keys := range some {
		k.listenOn(relay, keys)
	}
	if first {
		return // nothing is listened for yet that is not wanted
	}
	wanted := func(relay string, key nostr.PubKey) bool {
		_, known := k.book.address(key)
		return known && (slices.Contains(common, relay) || slices.Contains(of[key], relay)) || k.probes.expects(key)
	}
	for relay, keys := range k.ears.surplus(wanted) {
		if err := k.send(&control.Listen{Relay: relay, Remove: keys}); err != nil {
			k.log.Warn("the front did not end a subscription", "relay", relay, "err", err)
		}
	}
}

// listen subscribes one key where its app may write.
func (k *Keeper) listen(key nostr.PubKey, app []string) {
	k.ears.turn.Lock()
	defer k.ears.turn.Unlock()
	for _, relay := range k.ears.relaysFor(app, k.now()) {
		k.listenOn(relay, []nostr.PubKey{key})
	}
}

func (k *Keeper) listenOn(relay string, keys []nostr.PubKey) {
	fresh := k.ears.wants(relay, keys)
	if len(fresh) == 0 && len(keys) > 0 {
		return
	}
	err := k.send(&control.Listen{
		Relay: relay, Add: fresh, Since: k.now().Add(-lookBack).Unix(), Typed: k.ears.typed(relay),
	})
	if err != nil {
		k.log.Warn("the front did not take a subscription", "relay", relay, "err", err)
	}
}

// awaitLive waits until a key is heard on at least one of these relays, or
// until patience ends; it says on which it is.
func (k *Keeper) awaitLive(ctx context.Context, key nostr.PubKey, relays []Relay, patience time.Duration) map[string]bool {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	live := map[string]bool{}
	first := make(chan string, len(relays))
	for _, r := range relays {
		done, stop := k.ears.awaitLive(r.URL, key)
		defer stop()
		go func() {
			select {
			case <-done:
				first <- r.URL
			case <-ctx.Done():
			}
		}()
	}
	var grace <-chan time.Time // for the others, once the first is live
	for range relays {
		select {
		case url := <-first:
			live[url] = true
		case <-grace:
			return live
		case <-ctx.Done():
			return live
		}
		if grace == nil {
			grace = time.After(500 * time.Millisecond)
		}
	}
	return live
}

// prove signs a relay's sign-in challenge with the session keys listened for
// there, never with a user key (NIP-42; design decision 7).
func (k *Keeper) prove(c *control.Challenge) {
	proof := control.Proof{Relay: c.Relay, Challenge: c.Challenge}
	for _, pk := range c.Keys {
		to, ok := k.book.address(pk)
		if !ok || to.user {
			continue
		}
		key, err := k.key(to)
		if err != nil {
			continue
		}
		t := nostr.Template{
			Kind: 22242, CreatedAt: k.now().Unix(),
			Tags: nostr.Tags{{"relay", c.Relay}, {"challenge", c.Challenge}},
		}
		if ev, err := key.Sign(&t); err == nil {
			proof.Events = append(proof.Events, json.RawMessage(ev.AppendJSON(nil)))
		}
	}
	if err := k.send(&proof); err != nil {
		k.log.Warn("a sign-in proof could not be sent", "relay", c.Relay, "err", err)
	}
}

// publicURL guesses whether a relay can be reached from other computers.
func publicURL(relay string) bool {
	u, err := url.Parse(relay)
	if err != nil {
		return false
	}
	host := u.Hostname()
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return false
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return !ip.IsLoopback() && !ip.IsUnspecified()
	}
	return true
}

func (b *book) address(pk nostr.PubKey) (address, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.at(pk)
}

func (b *book) addressOf(app privyseal.App) address {
	a, _ := b.address(app.Signer)
	return a
}

// relaysByKey gathers, for each key that apps write to, the relays of every
// living session and link on it. An ended session is told so where all keys are
// listened for.
func (b *book) relaysByKey(now time.Time) map[nostr.PubKey][]string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	out := map[nostr.PubKey][]string{}
	for _, s := range b.apps {
		if !ended(s.state) && len(s.relays) > 0 {
			out[s.signer] = append(out[s.signer], s.relays...)
		}
	}
	for _, inv := range b.invitations {
		if inv.Used.IsZero() && now.Before(inv.Expires) {
			out[inv.Signer] = append(out[inv.Signer], inv.Relays...)
		}
	}
	return out
}
