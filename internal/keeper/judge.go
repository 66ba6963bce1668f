package keeper

import (
	"context"
	"errors"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/anchor"
	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// JudgeMark holds a store against the mark that a place has of it. The mark is
// read before the store, since a running signer moves both. Where the store
// knows that its mark was kept in this place, one that is gone, changed or
// unsigned is as bad as one that does not fit: what cannot be told is not
// trusted. Else, without a mark the error is [anchor.ErrNone].
func JudgeMark(ctx context.Context, s viewer, place anchor.Place) (verdict anchor.Verdict, err error) {
	var vault string
	var marked bool
	err = s.View(ctx, func(r store.Reader) (err error) {
		if vault, err = VaultID(r); err != nil {
			return err
		}
		where, err := r.Setting(settingMarked)
		marked = err == nil && where == place.String()
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return err
	})
	if err != nil || vault == "" {
		return anchor.Verdict{State: anchor.Fits}, err
	}
	m, err := place.Load(vault)
	switch {
	case err == nil:
	case errors.Is(err, anchor.ErrSpoiled):
		return anchor.Verdict{State: anchor.Unknown, Text: "The mark of this data in " + place.String() + " was changed or is damaged: whether the data is an older copy cannot be told."}, nil
	case marked && errors.Is(err, anchor.ErrNone):
		return anchor.Verdict{State: anchor.Unknown, Text: "The mark of this data in " + place.String() + " is gone: whether the data is an older copy cannot be told."}, nil
	case marked:
		return anchor.Verdict{State: anchor.Unknown, Text: "The mark of this data in " + place.String() + " cannot be read: whether the data is an older copy cannot be told."}, nil
	default:
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
		if verdict, err = anchor.Judge(m, c); err != nil || verdict.Bad() || m.Proof != "" || !marked {
			return err
		}
		// A restore, which cannot open the vault, leaves a mark that nobody signed.
		// Once the vault was open in this epoch, its checkpoints say so.
		begun, err := checkpointed(r, c.Epoch)
		if begun {
			verdict = anchor.Verdict{State: anchor.Unknown, Text: "The mark of this data in " + place.String() + " is not signed by this signer: whether the data is an older copy cannot be told."}
		}
		return err
	})
	return verdict, err
}

// checkpointed reports whether a checkpoint was signed in an epoch.
func checkpointed(r store.Reader, epoch uint64) (bool, error) {
	signer, err := announcer(r)
	if err != nil {
		return false, err
	}
	marks, err := r.Checkpoints()
	for _, m := range marks {
		ev, bad := nostr.ParseEvent(m.Event)
		if bad != nil {
			continue
		}
		if _, e, _, bad := audit.VerifyCheckpoint(ev, signer); bad == nil && e == epoch {
			return true, err
		}
	}
	return false, err
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
		k.log.Error("the data may be an older copy; nothing is opened", "why", v.Text)
		return nil
	}
	if w := k.mark.warning(); w != "" {
		k.log.Warn(w)
	}
	return nil
}

// Older says why the store may be an older copy, "" when it is not. Until a
// person accepts it the vault stays locked.
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
	return privyseal.E(privyseal.KindConflict, text+" In an older copy, apps you removed and links that were used would work again, so nothing is opened",
		"put the newer data, or the mark, in its place; if this data is what you want to go on with: privyseal unlock --accept-older")
}
