package keeper

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/canary"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip44"
)

// newCanary makes the canary that measures every relay listened on.
func (k *Keeper) newCanary(patience time.Duration) *canary.Canary {
	return canary.New(canary.Options{
		Patience: patience,
		Now:      k.now, Relays: k.ears.measured, Probe: k.hear,
		Renew: func(relay string) {
			k.log.Warn("a relay brings nothing back; its connection is made anew", "relay", relay)
			_ = k.send(&control.Renew{Relay: relay})
		},
		Replace: k.replaceRelay,
		Changed: func(h canary.Health) {
			k.counts.add("relays_"+h.State.String(), 1)
			k.log.Info("relay health", "relay", h.Relay, "state", h.State.String(), "took", h.Took, "misses", h.Misses)
		},
		Jumped: func(by time.Duration) {
			k.counts.add("clock_jumps", 1)
			k.clock.set(by, k.now())
			k.log.Warn("the machine slept or its clock was set", "by", by)
		},
	})
}

// hear sends one of our own keys a request through a relay, from a throw-away
// client key, and times its way back over the subscription that apps rely on.
func (k *Keeper) hear(ctx context.Context, relay string) (time.Duration, error) {
	key, ok := k.ears.nextKey(relay, func(pk nostr.PubKey) bool {
		to, known := k.book.address(pk)
		return known && !to.user
	})
	if !ok {
		return k.probe(ctx, relay) // nobody is listened for there yet
	}
	sender, err := throwaway()
	if err != nil {
		return 0, err
	}
	defer sender.Wipe()
	ck, err := nip44.NewConversationKey(sender, (*[32]byte)(&key))
	if err != nil {
		return 0, err
	}
	var nonce [16]byte
	_, _ = rand.Read(nonce[:]) // never fails (crypto/rand)
	content, err := nip44.Encrypt(&ck, string(nip46.AppendRequest(nil, hex.EncodeToString(nonce[:]), nip46.Ping, nil)))
	if err != nil {
		return 0, err
	}
	began := k.now()
	t := nostr.Template{Kind: nip46.Kind, CreatedAt: began.Unix(), Tags: nostr.Tags{{"p", key.String()}}, Content: content}
	ev, err := t.Sign(sender, false)
	if err != nil {
		return 0, err
	}
	back := k.probes.send(ev.ID)
	defer k.probes.forgetEvent(ev.ID)
	if err := k.publish([]control.Outbound{{Relays: []string{relay}, Event: ev.AppendJSON(nil)}}); err != nil {
		return 0, err
	}
	select {
	case <-back:
		return k.now().Sub(began), k.opens(key, ev)
	case <-ctx.Done():
		return 0, privyseal.E(privyseal.KindBusy, "it did not bring a request back within 5 seconds", "")
	}
}

// opens reports whether a request of our own, which came back as it was sent,
// can be read; with a vault never opened nothing can.
func (k *Keeper) opens(to nostr.PubKey, ev *nostr.Event) error {
	address, _ := k.book.address(to)
	key, err := k.key(address)
	if errors.Is(err, vault.ErrLocked) {
		return nil
	}
	if err == nil {
		_, err = key.Decrypt(privyseal.CipherNip44, ev.PubKey, ev.Content)
	}
	return err
}

// replaceRelay puts a spare in the place of a relay that stays deaf: it must
// bring a request back before any app is told. The old one is served for a day.
func (k *Keeper) replaceRelay(relay string) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, spare := range *k.spares.Load() {
		if !k.ears.replaceable(relay) || k.ears.listed(spare.URL) {
			continue
		}
		if _, err := k.probe(ctx, spare.URL); err != nil {
			continue
		}
		k.ears.add(spare, k.now())
		k.listenAll()
		k.ears.remove(relay, k.now())
		swap := func(urls []string) []string {
			urls = slices.DeleteFunc(urls, func(u string) bool { return u == relay })
			return append(urls, spare.URL)
		}
		if err := k.saveRelays(ctx, swap, "relay replaced: nothing came back through it"); err != nil {
			k.log.Error("a replaced relay could not be kept", "err", err)
		}
		k.log.Warn("a relay that stayed deaf was replaced", "relay", relay, "by", spare.URL)
		return
	}
	k.log.Warn("a relay stays deaf and there is no spare for it", "relay", relay)
}

// relayInfos shows every relay with its measured health.
func (k *Keeper) relayInfos() []control.RelayInfo {
	infos := k.ears.infos()
	for i := range infos {
		h, ok := k.canary.Health(infos[i].URL)
		if !ok {
			infos[i].Health = canary.Unmeasured.String()
			continue
		}
		infos[i].Health, infos[i].Misses = h.State.String(), h.Misses
		if !h.Last.IsZero() {
			infos[i].Heard = &h.Last
		}
		if h.Took > 0 {
			infos[i].RoundTrip = float64(h.Took.Microseconds()) / 1000
		}
		if h.State == canary.Deaf && infos[i].Detail == "" {
			infos[i].Detail = "Requests we send ourselves through it do not come back."
		}
	}
	return infos
}

// measured are the relays that the canary measures: all that are listened on.
func (e *ears) measured() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []string
	for _, r := range e.relays {
		out = append(out, r.URL)
	}
	for url, keys := range e.keys {
		if len(keys) > 0 && !slices.Contains(out, url) {
			out = append(out, url)
		}
	}
	return out
}

// nextKey takes turns among the keys listened for on a relay.
func (e *ears) nextKey(relay string, fit func(nostr.PubKey) bool) (nostr.PubKey, bool) {
	e.mu.Lock()
	keys := slices.SortedFunc(maps.Keys(e.keys[relay]), func(a, b nostr.PubKey) int { return slices.Compare(a[:], b[:]) })
	e.turns++
	turn := e.turns
	e.mu.Unlock()
	for i := range keys {
		if pk := keys[(turn+i)%len(keys)]; fit(pk) {
			return pk, true
		}
	}
	return nostr.PubKey{}, false
}

// silentFor is how long a relay may bring nothing of an app that is heard over
// another one.
const silentFor = time.Minute

// silent answers which of an app's relays have brought nothing for a while,
// though the app is at work: each is answered once in that while.
func (e *ears) silent(arrived string, app []string, now time.Time) (relays []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard[arrived] = now
	for _, url := range app {
		at, known := e.heard[url]
		if known && now.Sub(at) < silentFor || len(e.keys[url]) == 0 {
			continue
		}
		e.heard[url] = now
		if known { // else the silence begins now
			relays = append(relays, url)
		}
	}
	return relays
}

// replaceable reports whether another relay may take this one's place: the own
// relay never, and none that only an app chose.
func (e *ears) replaceable(url string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.ContainsFunc(e.relays, func(r Relay) bool { return r.URL == url && !r.Own })
}

// deafAfter is how many repeats in a row make an app look deaf.
const deafAfter = 3

// repeated notes that an app asks again what was answered: it does not hear.
func (k *Keeper) repeated(app string) {
	k.deaf.Lock()
	defer k.deaf.Unlock()
	if k.deaf.n == nil {
		k.deaf.n = map[string]int{}
	}
	if k.deaf.n[app]++; k.deaf.n[app] == deafAfter {
		k.counts.add("apps_deaf", 1)
		k.log.Warn("an app looks deaf: it repeats what was answered", "app", app)
	}
}

// followedUp notes that an app goes on, so it hears.
func (k *Keeper) followedUp(app string) {
	k.deaf.Lock()
	defer k.deaf.Unlock()
	delete(k.deaf.n, app)
}

func (k *Keeper) looksDeaf(app string) bool {
	k.deaf.Lock()
	defer k.deaf.Unlock()
	return k.deaf.n[app] >= deafAfter
}
