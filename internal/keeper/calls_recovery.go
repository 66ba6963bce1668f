package keeper

import (
	"context"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/recovery"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// settingRecovered is followed by an identity's id; the value is when a recovery
// file was last tried.
const settingRecovered = "recovered/"

// recoveryCost is scrypt's (log2 of N). A code has 120 bits, so that nobody
// guesses it at any cost; a small machine opens the file with ease.
const recoveryCost = 14

// makeRecovery seals an identity's key with a fresh code, as a file to keep.
func (k *Keeper) makeRecovery(ctx context.Context, n control.Name) (control.Recovery, error) {
	i, err := k.findIdentity(n.Name)
	if err != nil {
		return control.Recovery{}, err
	}
	code := recovery.NewCode()
	sealed, err := k.vault.ExportUserKey(i.ID, i.Sealed, code, recoveryCost)
	if err != nil {
		return control.Recovery{}, err
	}
	now := k.now()
	err = k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.SetSetting(settingBorn+i.ID, ""); err != nil { // it may be used elsewhere from now on
			return err
		}
		return note(tx, privyseal.Record{Time: now, Identity: i.ID, Detail: "recovery file made " + by(ctx)})
	})
	if err != nil {
		return control.Recovery{}, err
	}
	file := k.say().Page("recovery-file", "name", i.Name, "address", i.PubKey.Npub(), "date", now.Format(time.DateOnly), "text", sealed) + "\n"
	return control.Recovery{Identity: k.identityInfo(i), File: file, Code: code}, nil
}

// tryRecovery opens a recovery file with its code, and looks whether the key in
// it is the identity's.
func (k *Keeper) tryRecovery(ctx context.Context, a control.RecoveryTry) (control.IdentityInfo, error) {
	i, err := k.findIdentity(a.Name)
	if err != nil {
		return control.IdentityInfo{}, err
	}
	pub, err := publicOf(a.File, a.Code)
	switch {
	case err != nil:
		return control.IdentityInfo{}, err
	case pub != i.PubKey:
		return control.IdentityInfo{}, privyseal.E(privyseal.KindDenied, "this file holds another key, not that of “"+i.Name+"”", "look for the file that was made for it, or make a new one")
	}
	now := k.now()
	err = k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.SetSetting(settingRecovered+i.ID, now.UTC().Format(time.RFC3339)); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: now, Identity: i.ID, Detail: "recovery file tried " + by(ctx)})
	})
	if err != nil {
		return control.IdentityInfo{}, err
	}
	return k.identityInfo(i), nil
}

// publicOf is the public key of what a recovery file holds. The secret one is
// forgotten.
func publicOf(file, code []byte) (nostr.PubKey, error) {
	if len(code) == 0 {
		return nostr.PubKey{}, privyseal.E(privyseal.KindInvalid, "the code that belongs to the file is needed", "you wrote it down when the file was made")
	}
	sealed := recovery.Key(file)
	if !recovery.Sealed(sealed) {
		return nostr.PubKey{}, privyseal.E(privyseal.KindInvalid, "this is not a recovery file", "it is the file that was saved when it was made")
	}
	sk, err := openKey(sealed, code)
	defer clear(sk[:])
	if privyseal.KindOf(err) == privyseal.KindDenied {
		return nostr.PubKey{}, privyseal.E(privyseal.KindDenied, "the file does not open with this code", "look at the code again, letter by letter")
	}
	if err != nil {
		return nostr.PubKey{}, err
	}
	return sk.PublicKey()
}

// recovered is when a recovery file of an identity was last tried.
func (k *Keeper) recovered(identity string) (at time.Time) {
	_ = k.store.View(context.Background(), func(r store.Reader) error {
		text, err := r.Setting(settingRecovered + identity)
		if err == nil {
			at, err = time.Parse(time.RFC3339, text)
		}
		return err
	})
	return at
}
