package keeper

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
)

// How often things are looked after.
const (
	tickEvery       = time.Second
	seenEvery       = time.Minute
	pruneEvery      = time.Minute
	checkpointEvery = 5 * time.Minute
)

// housekeep closes what is over and writes down what waited, until ctx ends.
func (k *Keeper) housekeep(ctx context.Context) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	var seen, pruned, marked time.Time
	looked := k.now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.pulse: // somebody asks whether this goes on
			continue
		case <-tick.C:
		}
		now := k.now()
		k.expireQuestions(ctx, now)
		if now.Sub(seen) >= seenEvery {
			seen = now
			k.flushSeen(ctx)
		}
		if now.Sub(pruned) >= pruneEvery {
			pruned = now
			k.prune(ctx, now)
			k.watchOwner(ctx, now)
		} else if k.unpruned.Swap(false) {
			k.store.Later(func(tx store.Tx) error { return k.pruneStore(tx, now) })
		}
		if now.Sub(looked) >= lookAroundEvery {
			looked = now
			k.lookAround()
		}
		if now.Sub(marked) >= checkpointEvery {
			marked = now
			k.checkpoint(ctx)
		}
	}
}

// flushSeen writes when apps were last seen.
func (k *Keeper) flushSeen(context.Context) {
	k.flushHabits()
	k.flushCustoms()
	seen := k.book.takeSeen()
	if len(seen) == 0 {
		return
	}
	k.store.Later(func(tx store.Tx) error {
		for id, s := range seen {
			if err := tx.SeenApp(id, s.at, s.cipher); err != nil && err != store.ErrNotFound {
				return err
			}
		}
		return nil
	})
}

// prune ends what has ended and drops what is no longer kept.
func (k *Keeper) prune(ctx context.Context, now time.Time) {
	for a := range k.book.allApps() {
		switch {
		case a.State == privyseal.AppActive && !a.Ends.IsZero() && now.After(a.Ends):
			if _, err := k.setAppState(ctx, a.ID, privyseal.AppExpired, "ended", "its end date", privyseal.AppActive); err != nil {
				k.log.Warn("an app's end could not be recorded", "app", a.ID, "err", err)
			}
		case ended(a.State) && now.Sub(a.StateSince) > 30*24*time.Hour:
			k.forgetApp(ctx, a)
		}
	}
	over := k.book.expiredInvitations(now)
	for _, inv := range over {
		k.book.dropInvitation(inv.ID)
		if _, live := k.book.address(inv.Signer); !live {
			k.vault.ForgetSignerKey(inv.ID)
		}
	}
	k.listenAll()
	k.store.Later(func(tx store.Tx) error {
		for _, inv := range over {
			if !inv.Used.IsZero() {
				continue // who comes with a used link is told so for longer
			}
			if err := tx.DeleteInvitation(inv.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		return k.pruneStore(tx, now)
	})
}

// pruneStore drops some of what is no longer kept. The rest, after many requests,
// has its turn within seconds, since whoever writes meanwhile waits.
func (k *Keeper) pruneStore(tx store.Tx, now time.Time) error {
	more, err := tx.Prune(now)
	k.unpruned.Store(more)
	return err
}

// forgetApp drops a session that ended a month ago: until then its client is
// told so, afterwards it is a stranger.
func (k *Keeper) forgetApp(ctx context.Context, a privyseal.App) {
	if err := k.store.Update(ctx, func(tx store.Tx) error {
		for _, key := range []string{settingHabits, settingReleased, settingLearning, settingChecked} {
			if err := tx.SetSetting(key+a.ID, ""); err != nil {
				return err
			}
		}
		return tx.DeleteApp(a.ID)
	}); err != nil {
		k.log.Warn("an ended app could not be dropped", "app", a.ID, "err", err)
		return
	}
	k.book.dropApp(a.ID)
	k.grants.drop(a.ID)
	k.counts.forget(a.ID)
	k.brakes.forget(a.ID)
	k.clock.forget(a.ID)
	k.learnt.forget(a.ID)
	if !a.Compatible {
		k.vault.ForgetSignerKey(a.ID)
	}
}

// settingAnnounce holds the signer's own announcement key, sealed.
const (
	settingAnnounce    = "announce-key"
	settingAnnouncePub = "announce-pubkey"
)

const announceID = "announce"

// checkpoint signs the chain's head with the signer's own key, if it moved.
func (k *Keeper) checkpoint(ctx context.Context) {
	var last store.Checkpoint
	err := k.store.View(ctx, func(r store.Reader) error {
		all, err := r.Checkpoints()
		if n := len(all); n > 0 {
			last = all[n-1]
		}
		return err
	})
	if err != nil {
		return
	}
	head, event, err := k.signHead(ctx)
	if err != nil {
		k.log.Error("a checkpoint could not be signed", "err", err)
	}
	if err != nil || head.Seq == 0 || head.Seq == last.Head.Seq {
		return
	}
	now := k.now()
	k.store.Later(func(tx store.Tx) error {
		return tx.PutCheckpoint(store.Checkpoint{Head: head, Time: now, Event: event})
	})
	k.narrowed()
	k.sink.nudge()
}

// signHead states the chain's head as it is; with a locked vault, and before
// there is a record, it answers the zero head.
func (k *Keeper) signHead(ctx context.Context) (head audit.Head, event []byte, err error) {
	if k.vault.Locked() || k.Older() != "" {
		return audit.Head{}, nil, nil
	}
	err = k.store.View(ctx, func(r store.Reader) (err error) { head, err = r.Head(); return err })
	if err != nil || head.Seq == 0 {
		return audit.Head{}, nil, err
	}
	key, err := k.announcement(ctx)
	if err != nil {
		return audit.Head{}, nil, err
	}
	t := audit.CheckpointTemplate(head, k.currentEpoch(), k.now())
	ev, err := key.Sign(&t)
	if err != nil {
		return audit.Head{}, nil, err
	}
	return head, ev.AppendJSON(nil), nil
}

// announcement is the signer's own announcement key.
func (k *Keeper) announcement(ctx context.Context) (vault.Key, error) {
	var sealed string
	err := k.store.View(ctx, func(r store.Reader) (err error) { sealed, err = r.Setting(settingAnnounce); return err })
	if err != nil {
		return nil, err
	}
	raw, err := hex.DecodeString(sealed)
	if err != nil {
		return nil, err
	}
	return k.vault.SignerKey(announceID, raw)
}
