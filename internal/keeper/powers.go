package keeper

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nostr"
)

// settingPowers is followed by an app's id; the value is the seal of what an
// active app may do, which only the open vault can make (T57).
const settingPowers = "app-powers/"

// powers is a store in which what an app may do is sealed in the commit that
// changes it, so that no change can be made past the vault unnoticed.
type powers struct {
	store.Store
	vault *vault.Vault
}

// Update implements [store.Store].
func (p *powers) Update(ctx context.Context, fn func(store.Tx) error) error {
	return p.Store.Update(ctx, p.watch(fn))
}

// Later implements [store.Store].
func (p *powers) Later(fn func(store.Tx) error) { p.Store.Later(p.watch(fn)) }

func (p *powers) watch(fn func(store.Tx) error) func(store.Tx) error {
	return func(tx store.Tx) error {
		w := watched{Tx: tx}
		if err := fn(&w); err != nil {
			return err
		}
		for app := range w.touched {
			if err := p.seal(tx, app); err != nil {
				return err
			}
		}
		return nil
	}
}

// seal seals what an app may do now. One that may do nothing needs no seal.
func (p *powers) seal(tx store.Tx, id string) error {
	app, err := tx.App(id)
	if errors.Is(err, store.ErrNotFound) || err == nil && app.State != privyseal.AppActive {
		return tx.SetSetting(settingPowers+id, "")
	}
	if err != nil {
		return err
	}
	grants, err := tx.Grants(id)
	if err != nil {
		return err
	}
	digest := powersOf(app, grants)
	sealed, err := p.vault.Seal(vault.PurposePowers, id, 1, digest[:])
	if errors.Is(err, vault.ErrLocked) {
		return privyseal.E(privyseal.KindLocked, "what an app may do cannot be changed while the vault is locked", "unlock it with: privyseal unlock")
	}
	if err != nil {
		return err
	}
	return tx.SetSetting(settingPowers+id, base64.StdEncoding.EncodeToString(sealed))
}

// watched notes which apps' powers a transaction touches.
type watched struct {
	store.Tx
	touched map[string]bool
}

func (w *watched) touch(app string) {
	if w.touched == nil {
		w.touched = map[string]bool{}
	}
	w.touched[app] = true
}

// PutApp implements [store.Tx].
func (w *watched) PutApp(a privyseal.App) error {
	old, err := w.Tx.App(a.ID)
	if err != nil || powersOf(old, nil) != powersOf(a, nil) {
		w.touch(a.ID)
	}
	return w.Tx.PutApp(a)
}

// DeleteApp implements [store.Tx].
func (w *watched) DeleteApp(id string) error {
	w.touch(id)
	return w.Tx.DeleteApp(id)
}

// PutGrant implements [store.Tx].
func (w *watched) PutGrant(g privyseal.Grant) error {
	w.touch(g.App)
	return w.Tx.PutGrant(g)
}

// DeleteGrant implements [store.Tx].
func (w *watched) DeleteGrant(id string) error {
	all, err := w.Tx.Grants("")
	if err != nil {
		return err
	}
	for _, g := range all {
		if g.ID == id {
			w.touch(g.App)
		}
	}
	return w.Tx.DeleteGrant(id)
}

// powersOf is a digest of all that decides what an app may do, to the
// millisecond, as the store keeps it.
func powersOf(a privyseal.App, grants []privyseal.Grant) [32]byte {
	type grant struct {
		ID, Permission, Origin string
		Verdict                privyseal.Verdict
		Given, Until           int64
	}
	all := struct {
		ID, Identity   string
		Client, Signer nostr.PubKey
		Compatible     bool
		Preset         string
		Ends           int64
		State          privyseal.AppState
		Grants         []grant
	}{a.ID, a.Identity, a.Client, a.Signer, a.Compatible, a.Preset, a.Ends.UnixMilli(), a.State, nil}
	for _, g := range grants {
		all.Grants = append(all.Grants, grant{g.ID, g.Permission.String(), g.Origin, g.Verdict, g.Given.UnixMilli(), g.Until.UnixMilli()})
	}
	slices.SortFunc(all.Grants, func(a, b grant) int { return cmp.Compare(a.ID, b.ID) })
	raw, err := json.Marshal(all)
	if err != nil { // plain values only
		panic(err)
	}
	return sha256.Sum256(raw)
}

// checkPowers holds what every active app may do against its seal, once the
// vault is open and before a key is used. An app whose powers were changed past
// the signer is paused, on record and with an alarm, until a person resumes it.
func (k *Keeper) checkPowers(ctx context.Context) error {
	seals := map[string]string{}
	err := k.store.View(ctx, func(r store.Reader) error {
		for _, a := range k.book.allApps() {
			v, err := r.Setting(settingPowers + a.ID)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			seals[a.ID] = v
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, a := range k.book.allApps() {
		if a.State != privyseal.AppActive || k.sealedAs(a, seals[a.ID]) {
			continue
		}
		k.counts.add("apps_tampered", 1)
		k.log.Error("what an app may do was changed past the signer; it is paused", "app", a.ID)
		if _, err := k.setAppState(ctx, a.ID, privyseal.AppPaused, "paused", "the vault: what it may do was changed past the signer", privyseal.AppActive); err != nil {
			return err
		}
		k.tampered.Store(a.ID, true)
	}
	return nil
}

func (k *Keeper) sealedAs(a privyseal.App, seal string) bool {
	raw, err := base64.StdEncoding.DecodeString(seal)
	if err != nil {
		return false
	}
	digest, err := k.vault.Open(vault.PurposePowers, a.ID, 1, raw)
	return err == nil && [32]byte(digest) == powersOf(a, k.grants.of(a.ID))
}
