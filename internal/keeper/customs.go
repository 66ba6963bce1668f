package keeper

import (
	"context"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nostr"
)

const (
	// settingCustoms is followed by an identity's id; the value is sealed, since
	// it tells where a person goes.
	settingCustoms = "customs/"
	// customsFrom is how many records are looked through at the start.
	customsFrom = 2000
)

// Kinds that list where a person keeps posts, messages and files.
var (
	relayLists = []nostr.Kind{10002, 10050}
	hostLists  = []nostr.Kind{10063, 10096}
)

// habits is what apps and people did before.
func (n *knower) habits() effect.Habits {
	k := n.k
	return effect.Habits{
		Recent: func(kind nostr.Kind, within time.Duration) int {
			return k.customs.Recent(n.j.app.ID, int(kind), within, n.j.e.at)
		},
		KnownHost: func(host string) bool {
			return k.customs.Knows(n.j.who.ID, host) || k.keptAt(&n.j.who, host, hostLists)
		},
		Voted: func(poll string) bool { return k.customs.Voted(n.j.who.ID, poll) },
	}
}

// listedBy reports a relay that is the signer's, or on the person's own list.
func (k *Keeper) listedBy(who *privyseal.Identity, url string) bool {
	return k.ears.listed(url) || k.keptAt(who, url, relayLists)
}

// keptAt reports a relay, or a host, that one of a person's own lists names.
func (k *Keeper) keptAt(who *privyseal.Identity, place string, kinds []nostr.Kind) bool {
	for _, kind := range kinds {
		list := k.olderOf(who, kind, "", k.now()).event
		if list != nil && slices.ContainsFunc(list.Tags, func(t nostr.Tag) bool { return len(t) > 1 && isPlace(t[1], place) }) {
			return true
		}
	}
	return false
}

// isPlace reports a listed address that is that of a relay or a host.
func isPlace(listed, place string) bool {
	if url, err := nostr.NormalizeRelayURL(listed); err == nil {
		return url == place
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(listed), "https://"), "/")
	return host == place
}

// accustom remembers what was signed: how often, at which hosts, in which poll.
func (k *Keeper) accustom(j *job) {
	t := j.req.Template
	if t == nil {
		return
	}
	k.customs.Did(j.app.ID, int(t.Kind), k.now())
	if hosts, poll := effect.Hosts(t), effect.Poll(t); len(hosts) > 0 || poll != "" {
		k.customs.Use(j.who.ID, hosts, poll)
	}
}

// recallPaces counts what apps had signed in the last day, from the record.
func (k *Keeper) recallPaces() {
	var last []privyseal.Record
	err := k.store.View(context.Background(), func(r store.Reader) (err error) {
		last, err = r.Records(store.RecordQuery{Limit: customsFrom})
		return err
	})
	if err != nil {
		k.log.Warn("how often apps signed could not be read; it is counted anew", "err", err)
		return
	}
	for _, r := range slices.Backward(last) { // the newest comes first
		if r.Phase == privyseal.PhaseDone && r.Outcome == privyseal.Allowed && r.Op == privyseal.OpSignEvent {
			k.customs.Did(r.App, r.Kind, r.Time)
		}
	}
}

// loadCustoms reads what was kept of a person, once the vault is open.
func (k *Keeper) loadCustoms(who *privyseal.Identity) {
	if k.customs.Loaded(who.ID) || k.vault.Locked() {
		return
	}
	var value string
	err := k.store.View(context.Background(), func(r store.Reader) (err error) {
		if value, err = r.Setting(settingCustoms + who.ID); errors.Is(err, store.ErrNotFound) {
			err = nil // nothing yet
		}
		return err
	})
	var raw []byte
	if err == nil && value != "" {
		var sealed []byte
		if sealed, err = base64.StdEncoding.DecodeString(value); err == nil {
			raw, err = k.vault.Open(vault.PurposeWords, settingCustoms+who.ID, 1, sealed)
		}
	}
	if err == nil {
		err = k.customs.Load(who.ID, raw)
	}
	if err != nil {
		k.log.Warn("which hosts a person used could not be read; it is learnt anew", "identity", who.ID, "err", err)
		_ = k.customs.Load(who.ID, nil) // nothing is never broken
	}
}

// flushCustoms writes it down; while the vault is locked it waits.
func (k *Keeper) flushCustoms() {
	if k.vault.Locked() {
		return
	}
	for who, raw := range k.customs.Changed() {
		sealed, err := k.vault.Seal(vault.PurposeWords, settingCustoms+who, 1, raw)
		if err != nil {
			continue
		}
		value := base64.StdEncoding.EncodeToString(sealed)
		k.store.Later(func(tx store.Tx) error {
			if _, ok := k.book.identity(who); !ok {
				return nil // removed meanwhile
			}
			return tx.SetSetting(settingCustoms+who, value)
		})
	}
}
