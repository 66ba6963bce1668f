package keeper

import (
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/keeper/heads"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nostr"
)

// settingBorn says that an identity's key was made here and never left: what it
// replaces was signed here, or is not there.
const settingBorn = "born:"

// An app may make any number of addressable events: of their versions so many
// bytes are kept for an identity, looked after every so many.
const (
	mostAddressable = 64 << 20
	trimEvery       = 32
)

// older is what is known of the version that a template would replace.
type older struct {
	event *nostr.Event // nil: none is known
	at    privyseal.Version
	state effect.HeadState
}

// olderOf finds it. What cannot be read counts as not found.
func (k *Keeper) olderOf(who *privyseal.Identity, kind nostr.Kind, d string, now time.Time) older {
	slot := heads.Slot(who.PubKey, kind, d)
	var all []privyseal.Version
	var none bool
	err := k.store.View(context.Background(), func(r store.Reader) (err error) {
		if all, err = r.Versions(who.ID, slot); err != nil || len(all) > 0 {
			return err
		}
		none, err = k.surelyNone(r, who, kind, slot, now)
		return err
	})
	if err != nil {
		k.log.Warn("what a change would replace could not be read", "err", err)
		return older{}
	}
	v, ok := heads.Current(all)
	switch {
	case ok:
		e, err := k.openVersion(v)
		if err != nil {
			k.log.Warn("a kept version could not be opened", "event", v.Event, "err", err)
			return older{}
		}
		return older{event: e, at: v, state: effect.HeadFound}
	case none:
		return older{state: effect.HeadNone}
	}
	return older{}
}

// surelyNone reports whether there is nothing to replace: the key never left,
// or most of the relays where this person is found told lately that there is
// nothing. A relay for remote signing alone keeps nothing of anybody, so its
// word counts only once it told something else.
func (k *Keeper) surelyNone(r store.Reader, who *privyseal.Identity, kind nostr.Kind, slot [32]byte, now time.Time) (bool, error) {
	_, err := r.Setting(settingBorn + who.ID)
	if !errors.Is(err, store.ErrNotFound) {
		return err == nil, err
	}
	if !k.looks.Sound(heads.Thing{Identity: who.ID, Slot: slot}, now) &&
		!(heads.InGeneral(kind) && k.looks.Sound(heads.Thing{Identity: who.ID}, now)) {
		return false, nil
	}
	all, err := r.AllVersions(who.ID)
	for _, v := range all {
		if !v.Signed {
			return true, err
		}
	}
	return false, err
}

func (k *Keeper) openVersion(v privyseal.Version) (*nostr.Event, error) {
	raw, err := k.vault.Open(vault.PurposeVersion, heads.Bound(&v), 1, v.Sealed)
	if err != nil {
		return nil, err
	}
	return nostr.ParseEvent(raw)
}

// sealVersion makes a version of an event.
func (k *Keeper) sealVersion(who *privyseal.Identity, e *nostr.Event, raw []byte, app string, signed bool, at time.Time) (privyseal.Version, error) {
	v := privyseal.Version{
		Identity: who.ID, Slot: heads.Slot(e.PubKey, e.Kind, heads.D(e.Kind, e.Tags)), Kind: e.Kind, Event: e.ID, Stamp: e.CreatedAt,
		Signed: signed, App: app, At: at.UTC().Truncate(time.Millisecond), Result: sha256.Sum256(raw),
	}
	var err error
	v.Sealed, err = k.vault.Seal(vault.PurposeVersion, heads.Bound(&v), 1, raw)
	return v, err
}

// afterAll is the time of a version signed now. The store keeps milliseconds, by
// which the later of one second counts: it is after those signed in this one.
func (k *Keeper) afterAll(ctx context.Context, who *privyseal.Identity, e *nostr.Event, now time.Time) (time.Time, error) {
	at := now.Truncate(time.Millisecond)
	err := k.store.View(ctx, func(r store.Reader) error {
		all, err := r.Versions(who.ID, heads.Slot(e.PubKey, e.Kind, heads.D(e.Kind, e.Tags)))
		for _, v := range all {
			if late := v.At.Sub(at); v.Signed && v.Stamp == e.CreatedAt && late >= 0 && late < time.Second {
				at = v.At.Add(time.Millisecond)
			}
		}
		return err
	})
	return at, err
}

// keepVersions puts versions and drops what is no longer kept. Of those that
// were seen only what is newer than all known is kept.
func (k *Keeper) keepVersions(ctx context.Context, all []privyseal.Version, now time.Time) error {
	trim := k.trims.Add(uint64(len(all)))%trimEvery < uint64(len(all))
	return k.store.Update(ctx, func(tx store.Tx) error {
		for _, v := range all {
			known, err := tx.Versions(v.Identity, v.Slot)
			if err != nil {
				return err
			}
			if !v.Signed && !heads.Newer(&v, known) {
				continue
			}
			if err := tx.PutVersion(v); err != nil {
				return err
			}
			if trim && v.Kind.IsAddressable() {
				if err := tx.TrimVersions(v.Identity, mostAddressable); err != nil {
					return err
				}
			}
			for _, old := range heads.Surplus(append(known, v), now) {
				if err := tx.DeleteVersion(old.Identity, old.Slot, old.Event); err != nil && !errors.Is(err, store.ErrNotFound) {
					return err
				}
			}
		}
		return nil
	})
}

// keepSigned keeps what was signed before it leaves: the next change is
// compared with it, whatever relays say meanwhile (T27), and this one can be
// undone.
func (k *Keeper) keepSigned(ctx context.Context, j *job, result string) error {
	if j.req.Template == nil || !heads.Kept(j.req.Template.Kind) {
		return k.moved(ctx, j, result)
	}
	e, err := nostr.ParseEvent([]byte(result))
	if err != nil {
		return err
	}
	now := k.now()
	at, err := k.afterAll(ctx, &j.who, e, now)
	if err != nil {
		return err
	}
	v, err := k.sealVersion(&j.who, e, []byte(result), j.app.ID, true, at)
	if err != nil {
		return err
	}
	if err := k.keepVersions(ctx, []privyseal.Version{v}, now); err != nil {
		return &privyseal.Error{Kind: privyseal.KindBusy, Msg: "the signer cannot write to its disk and releases nothing that could not be undone", Err: err}
	}
	if e.Kind == kindRelayList {
		k.looks.Forget(j.who.ID)
	}
	k.noteHead(&j.who, e)
	k.askAnew(context.WithoutCancel(ctx), j.who, int(e.Kind))
	return nil
}

// oneAtATime makes changes of one kind take turns, so that the second is
// weighed against the first (T27); payments too, against what is left of a day. Other requests have no turn to wait for.
func (k *Keeper) oneAtATime(ctx context.Context, who *privyseal.Identity, kind int) (turn, error) {
	if kind < 0 || !heads.Kept(nostr.Kind(kind)) && kind != int(kindPayment) {
		return turn{}, nil
	}
	return k.flights.enter(ctx, who.ID, heads.Slot(who.PubKey, nostr.Kind(kind), ""))
}
