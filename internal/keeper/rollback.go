package keeper

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/anchor"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
)

// settingEpoch counts restores and accepted older copies; absent it is 1.
const settingEpoch = "epoch"

// VaultID names a store's vault outside the data directory: by its signer's
// announcement key, which every copy of it has and no change of passphrase
// alters. It is "" before there is a vault.
func VaultID(r store.Reader) (string, error) {
	pub, err := r.Setting(settingAnnouncePub)
	if errors.Is(err, store.ErrNotFound) || err == nil && pub == "" {
		return "", nil
	}
	sum := sha256.Sum256([]byte("privyseal vault\n" + pub))
	return hex.EncodeToString(sum[:16]), err
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

// JudgeMark holds a store against the mark that a place has of it. The mark is
// read before the store, since a running signer moves both. Without a mark the
// error is [anchor.ErrNone].
func JudgeMark(ctx context.Context, s viewer, place anchor.Place) (verdict anchor.Verdict, err error) {
	var vault string
	if err := s.View(ctx, func(r store.Reader) (err error) { vault, err = VaultID(r); return err }); err != nil || vault == "" {
		return anchor.Verdict{State: anchor.Fits}, err
	}
	m, err := place.Load(vault)
	if err != nil {
		return anchor.Verdict{}, err
	}
	err = s.View(ctx, func(r store.Reader) error {
		c := anchor.Chain{Hash: func(seq uint64) ([32]byte, error) { return hashAt(r, seq) }}
		if c.Epoch, err = Epoch(r); err != nil {
			return err
		}
		if c.Head, err = r.Head(); err != nil {
			return err
		}
		verdict, err = anchor.Judge(m, c)
		return err
	})
	return verdict, err
}

// hashAt is the hash of one record; zero when it is not there.
func hashAt(r store.Reader, seq uint64) ([32]byte, error) {
	recs, err := r.Records(store.RecordQuery{Before: seq + 1, Limit: 1})
	if err != nil || len(recs) == 0 || recs[0].Seq != seq {
		return [32]byte{}, err
	}
	return recs[0].Hash, nil
}

// judge decides at the start whether the store may be opened at all.
func (k *Keeper) judge(ctx context.Context) error {
	err := k.store.View(ctx, func(r store.Reader) (err error) { k.mark.epoch, err = Epoch(r); return err })
	if err != nil || k.mark.place == nil {
		return err
	}
	v, err := JudgeMark(ctx, k.store, k.mark.place)
	switch {
	case errors.Is(err, anchor.ErrNone):
		k.mark.set(&k.mark.first, "there was no mark of this vault outside the data directory at the last start: an older copy would not have been noticed")
	case err != nil:
		k.mark.set(&k.mark.first, "the mark outside the data directory could not be read: "+err.Error())
	case v.Bad():
		k.mark.older.Store(&v)
		k.log.Error("the data is an older copy; nothing is opened", "why", v.Text)
		return nil
	}
	if w := k.mark.warning(); w != "" {
		k.log.Warn(w)
	}
	return nil
}

// Older says why the store is an older copy, "" when it is not. Until a person
// accepts it the vault stays locked.
func (k *Keeper) Older() string {
	if v := k.mark.older.Load(); v != nil {
		return v.Text
	}
	return ""
}

// olderRefusal is the error of everything that would open an older copy.
func (k *Keeper) olderRefusal() error {
	text := k.Older()
	if text == "" {
		return nil
	}
	return privyseal.E(privyseal.KindConflict, text+" Apps you removed and links that were used would work again, so nothing is opened",
		"put the newer data in its place; if this copy is what you want to go on with: privyseal unlock --accept-older")
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
		for _, a := range k.book.allApps() {
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
		k.vault.Lock()
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
