package keeper

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/anchor"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// settingEpoch counts restores and accepted older copies; absent it is 1.
const settingEpoch = "epoch"

// settingMarked is the place where this store's mark was kept last. Where one
// was kept, one must be.
const settingMarked = "marked-in"

// VaultID names a store's vault, see [anchor.VaultID]. It is "" before there is
// a vault.
func VaultID(r store.Reader) (string, error) {
	pub, err := announcer(r)
	if err != nil || pub == (nostr.PubKey{}) {
		return "", err
	}
	return anchor.VaultID(pub), nil
}

// Epoch is a store's epoch.
func Epoch(r store.Reader) (uint64, error) {
	text, err := r.Setting(settingEpoch)
	if errors.Is(err, store.ErrNotFound) || err == nil && text == "" {
		return 1, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("the setting %s is damaged", settingEpoch)
	}
	return n, nil
}

// BeginEpoch lets a store go on as what it is, though records made later are
// missing: in an epoch after every one known of, with no link open, on record.
// Also changes more in the same commit; it may be nil.
func BeginEpoch(ctx context.Context, s store.Store, place anchor.Place, now time.Time, detail string, also func(store.Tx) error) (uint64, error) {
	var epoch uint64
	err := s.Update(ctx, func(tx store.Tx) error {
		var err error
		if epoch, err = Epoch(tx); err != nil {
			return err
		}
		vault, err := VaultID(tx)
		if err != nil {
			return err
		}
		if place != nil && vault != "" {
			if m, err := place.Load(vault); err == nil {
				epoch = max(epoch, m.Epoch)
			}
		}
		epoch++
		if err := tx.SetSetting(settingEpoch, strconv.FormatUint(epoch, 10)); err != nil {
			return err
		}
		links, err := tx.Invitations()
		if err != nil {
			return err
		}
		for _, inv := range links {
			if inv.Used.IsZero() {
				if err := tx.DeleteInvitation(inv.ID); err != nil {
					return err
				}
			}
		}
		if also != nil {
			if err := also(tx); err != nil {
				return err
			}
		}
		return note(tx, privyseal.Record{Time: now, Detail: fmt.Sprintf("%s: epoch %d begins", detail, epoch)})
	})
	return epoch, err
}

// acceptOlder opens an older copy at a person's word: every app is paused until
// it is resumed by name, and links made before no longer count. The vault stays
// locked, for the pipeline, until that is on record.
func (k *Keeper) acceptOlder(ctx context.Context, p control.Passphrase) error {
	if len(p.Passphrase) == 0 && k.hasPassphrase() {
		return privyseal.E(privyseal.KindDenied, "an older copy is accepted by passphrase only", "privyseal unlock --accept-older --passphrase-file FILE")
	}
	if err := k.openVault(p); err != nil {
		return err
	}
	k.sessions.Lock()
	defer k.sessions.Unlock()
	now := k.now()
	pause := func(a *privyseal.App) { a.State, a.StateSince = privyseal.AppPaused, now }
	var paused []string
	epoch, err := BeginEpoch(ctx, k.store, k.mark.place, now, "an older copy of the data was accepted by command line, every app paused", func(tx store.Tx) error {
		paused = nil
		for a := range k.book.allApps() {
			if a.State == privyseal.AppActive {
				if err := changeApp(tx, a.ID, pause); err != nil {
					return err
				}
				paused = append(paused, a.ID)
			}
		}
		return nil
	})
	if err != nil {
		k.shut()
		return err
	}
	for _, id := range paused {
		k.book.changeApp(id, pause)
	}
	k.book.dropOpenInvitations()
	k.mark.mu.Lock()
	k.mark.epoch = epoch
	k.mark.mu.Unlock()
	k.mark.older.Store(nil)
	k.log.Warn("an older copy of the data was accepted", "epoch", epoch, "apps_paused", len(paused))
	k.writeMark(ctx)
	return nil
}

// dropOpenInvitations forgets every link that was not used.
func (b *book) dropOpenInvitations() {
	b.mu.Lock()
	var open []string
	for _, inv := range b.invitations {
		if inv.Used.IsZero() {
			open = append(open, inv.ID)
		}
	}
	b.mu.Unlock()
	for _, id := range open {
		b.dropInvitation(id)
	}
}
