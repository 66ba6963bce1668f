package keeper

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
)

// CreateVault makes a new vault under a passphrase, a key file or both, with
// the signer's own announcement key. The vault is unlocked afterwards.
func (k *Keeper) CreateVault(ctx context.Context, passphrase, keyFile []byte) error {
	if k.hasVault() {
		return privyseal.E(privyseal.KindConflict, "there is a vault here already", "start it with: privyseal up")
	}
	if len(passphrase) == 0 && len(keyFile) == 0 {
		return privyseal.E(privyseal.KindInvalid, "a vault needs a passphrase or a key file", "give --passphrase-file or --key-file")
	}
	if len(passphrase) > 0 {
		if err := vault.CheckStrength(passphrase); err != nil {
			return err
		}
	}
	if err := k.vault.Create(); err != nil {
		return err
	}
	seals, err := k.sealWith(passphrase, keyFile)
	if err != nil {
		return err
	}
	pub, announce, err := k.vault.NewSignerKey(announceID)
	if err != nil {
		return err
	}
	err = k.store.Update(ctx, func(tx store.Tx) error {
		for _, s := range seals {
			if err := tx.PutSeal(s); err != nil {
				return err
			}
		}
		if err := tx.SetSetting(settingAnnounce, hex.EncodeToString(announce)); err != nil {
			return err
		}
		if err := tx.SetSetting(settingAnnouncePub, pub.String()); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: k.now(), Detail: "vault created"})
	})
	if err != nil {
		return err
	}
	k.seals.Store(&seals)
	k.narrowed()
	return k.checkPowers(ctx)
}

func (k *Keeper) sealWith(passphrase, keyFile []byte) ([]privyseal.Seal, error) {
	var seals []privyseal.Seal
	if len(passphrase) > 0 {
		s, err := k.vault.SealWithPassphrase(passphrase)
		if err != nil {
			return nil, err
		}
		seals = append(seals, s)
	}
	if len(keyFile) > 0 {
		s, err := k.vault.SealWithKeyFile(keyFile)
		if err != nil {
			return nil, err
		}
		seals = append(seals, s)
	}
	return seals, nil
}

// Unlock opens the vault with what is given, and takes up what waited.
func (k *Keeper) Unlock(ctx context.Context, p control.Passphrase) error {
	seals := *k.seals.Load()
	if len(seals) == 0 {
		return privyseal.E(privyseal.KindNotFound, "there is no vault yet", "make one with: privyseal init, or start with: privyseal up")
	}
	var err error
	switch {
	case k.Older() == "":
		err = k.openVault(p)
	case p.AcceptOlder:
		err = k.acceptOlder(ctx, p)
	default:
		err = k.olderRefusal()
	}
	if err != nil {
		return err
	}
	if err := k.checkPowers(ctx); err != nil {
		return err
	}
	k.counts.unlocked()
	k.opened()
	k.sink.nudge()
	return nil
}

func (k *Keeper) openVault(p control.Passphrase) error {
	seals := *k.seals.Load()
	switch {
	case len(p.KeyFile) > 0:
		return k.vault.UnlockKeyFile(seals, p.KeyFile)
	case len(p.Passphrase) > 0:
		return k.vault.UnlockPassphrase(seals, p.Passphrase)
	}
	return privyseal.E(privyseal.KindInvalid, "a passphrase is needed", "")
}

func (k *Keeper) hasVault() bool { return len(*k.seals.Load()) > 0 }

// hasPassphrase reports whether a passphrase opens the vault.
func (k *Keeper) hasPassphrase() bool {
	return slices.ContainsFunc(*k.seals.Load(), func(s privyseal.Seal) bool { return s.Type == vault.SealPassphrase })
}

// UnlockCredential opens the vault with a systemd credential.
func (k *Keeper) UnlockCredential(name string, key []byte) error {
	if err := k.olderRefusal(); err != nil {
		return err
	}
	if err := k.vault.UnlockCredential(*k.seals.Load(), name, key); err != nil {
		return err
	}
	if err := k.checkPowers(context.Background()); err != nil {
		return err
	}
	k.opened()
	return nil
}

// opened tells those who wait for the vault's keys.
func (k *Keeper) opened() {
	k.narrowed() // now there is a key to sign the mark with
	k.nudgeHerald()
}

// holdKeys takes the keys of all sessions along into a lock, so that they can be
// used while the vault is locked too. Before, each is opened when it is needed.
func (k *Keeper) holdKeys() {
	if !k.powers.Checked() {
		return // nothing may be believed, so none is used
	}
	for _, a := range k.book.allAddresses() {
		if a.user {
			continue
		}
		err := k.vault.HoldSignerKey(a.id, a.sealed)
		if errors.Is(err, vault.ErrLocked) {
			return
		}
		if err != nil {
			k.log.Error("a session's key could not be opened", "app", a.id, "err", err)
		}
	}
}

func (k *Keeper) unlock(ctx context.Context, p control.Passphrase) (control.Status, error) {
	if !k.vault.Locked() {
		return k.status(ctx), nil
	}
	if err := k.Unlock(ctx, p); err != nil {
		return control.Status{}, err
	}
	k.noteLater("vault unlocked " + by(ctx))
	k.wake(context.WithoutCancel(ctx))
	return k.status(ctx), nil
}

func (k *Keeper) lock(ctx context.Context, _ none) (control.Status, error) {
	k.checkpoint(ctx)
	k.shut()
	k.noteLater("vault locked " + by(ctx))
	return k.status(ctx), nil
}

func (k *Keeper) noteLater(detail string) {
	r := privyseal.Record{Time: k.now(), Detail: detail}
	k.store.Later(func(tx store.Tx) error { return note(tx, r) })
}

// changePassphrase puts a new passphrase seal in the place of the old one;
// nothing else is sealed anew.
func (k *Keeper) changePassphrase(ctx context.Context, c control.PassphraseChange) (control.Status, error) {
	seals := *k.seals.Load()
	if k.vault.Locked() {
		if err := k.Unlock(ctx, control.Passphrase{Passphrase: c.Old}); err != nil {
			return control.Status{}, err
		}
		defer k.wake(context.WithoutCancel(ctx))
	} else if k.hasPassphrase() {
		if err := k.vault.CheckPassphrase(seals, c.Old); err != nil {
			return control.Status{}, err
		}
	}
	if err := vault.CheckStrength(c.New); err != nil {
		return control.Status{}, err
	}
	fresh, err := k.vault.SealWithPassphrase(c.New)
	if err != nil {
		return control.Status{}, err
	}
	next := []privyseal.Seal{fresh}
	err = k.store.Update(ctx, func(tx store.Tx) error {
		next = next[:1]
		for _, s := range seals {
			if s.Type != "passphrase" {
				next = append(next, s)
			} else if err := tx.DeleteSeal(s.ID); err != nil {
				return err
			}
		}
		if err := tx.PutSeal(fresh); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: k.now(), Detail: "passphrase changed " + by(ctx)})
	})
	if err != nil {
		return control.Status{}, err
	}
	k.seals.Store(&next)
	k.narrowed()
	return k.status(ctx), k.desk.PassphraseChanged(ctx)
}

// backup sends a copy of everything, sealed under a passphrase.
func (k *Keeper) backup(ctx context.Context, a control.BackupArgs, more func(any) error) error {
	if err := vault.CheckStrength(a.Passphrase); err != nil {
		return err
	}
	err := WriteBackup(ctx, k.store, k.dir, a.Passphrase, partWriter(more))
	if err == nil {
		k.noteLater("backup made " + by(ctx))
	}
	return err
}

// partWriter sends what is written as parts of a stream.
type partWriter func(any) error

func (w partWriter) Write(b []byte) (int, error) {
	if err := w(control.BackupPart{Data: b}); err != nil {
		return 0, err
	}
	return len(b), nil
}
