package keeper

import (
	"context"
	"errors"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/recovery"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nostr"
)

// maxName bounds names a person gives, in characters.
const maxName = 64

// AddIdentity makes an identity with a fresh key, or imports one.
func (k *Keeper) AddIdentity(ctx context.Context, a control.IdentityAdd) (control.IdentityInfo, error) {
	none := control.IdentityInfo{}
	name, err := checkName(a.Name)
	if err != nil {
		return none, err
	}
	for _, i := range k.book.allIdentities() {
		if strings.EqualFold(i.Name, name) {
			return none, privyseal.E(privyseal.KindConflict, "there is an identity named “"+i.Name+"” already", "choose another name")
		}
	}
	id := privyseal.Identity{ID: newID(), Name: name, Created: k.now()}
	born := len(a.Secret) == 0
	if born {
		id.PubKey, id.Sealed, err = k.vault.NewUserKey(id.ID)
	} else {
		id.PubKey, id.Sealed, err = k.importKey(id.ID, a)
	}
	if err != nil {
		return none, err
	}
	for _, i := range k.book.allIdentities() {
		if i.PubKey == id.PubKey {
			return none, privyseal.E(privyseal.KindConflict, "this key is here already, as “"+i.Name+"”", "")
		}
	}
	err = k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.PutIdentity(id); err != nil {
			return err
		}
		if born {
			if err := tx.SetSetting(settingBorn+id.ID, "here"); err != nil {
				return err
			}
		}
		return note(tx, privyseal.Record{Time: id.Created, Identity: id.ID, Detail: "identity added"})
	})
	if err != nil {
		return none, err
	}
	k.book.putIdentity(id)
	return k.identityInfo(id), nil
}

func (k *Keeper) importKey(id string, a control.IdentityAdd) (nostr.PubKey, []byte, error) {
	sk, err := openKey(a.Secret, a.Password)
	clear(a.Secret)
	if err != nil {
		return nostr.PubKey{}, nil, err
	}
	return k.vault.ImportUserKey(id, &sk)
}

// openKey reads a key as people have it, a recovery file with its code too.
func openKey(text, password []byte) (nostr.SecretKey, error) {
	return vault.ParseImport(recovery.Key(text), func() (string, error) {
		if len(password) == 0 {
			return "", privyseal.E(privyseal.KindInvalid, "this key is protected with a password", "give it with --import-password-file")
		}
		return recovery.Typed(string(password)), nil
	})
}

func checkName(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch {
	case s == "":
		return "", privyseal.E(privyseal.KindInvalid, "a name is needed", "for example: --name Ana")
	case len([]rune(s)) > maxName:
		return "", privyseal.E(privyseal.KindInvalid, "the name is longer than 64 characters", "")
	case strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", privyseal.E(privyseal.KindInvalid, "the name has characters that cannot be shown", "")
	}
	return s, nil
}

// findIdentity finds one by name, npub, public key or the start of its id. An
// empty name is the only one there is.
func (k *Keeper) findIdentity(name string) (privyseal.Identity, error) {
	all := k.book.allIdentities()
	if name == "" && len(all) == 1 {
		return all[0], nil
	}
	var found []privyseal.Identity
	var names []string
	for _, i := range all {
		names = append(names, i.Name)
		switch {
		case name == "":
		case strings.EqualFold(i.Name, name), i.PubKey.Npub() == name, i.PubKey.String() == name, i.ID == name:
			return i, nil
		case len(name) >= 4 && strings.HasPrefix(i.ID, name):
			found = append(found, i)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	if len(all) == 0 {
		return privyseal.Identity{}, privyseal.E(privyseal.KindNotFound, "there is no identity yet", "make one with: privyseal identity add --name NAME")
	}
	hint := "choose with --identity: " + strings.Join(names, ", ")
	if name == "" {
		return privyseal.Identity{}, privyseal.E(privyseal.KindInvalid, "there are several identities", hint)
	}
	return privyseal.Identity{}, privyseal.E(privyseal.KindNotFound, "there is no identity “"+name+"”", hint)
}

func (k *Keeper) identityInfo(i privyseal.Identity) control.IdentityInfo {
	return control.IdentityInfo{
		ID: i.ID, Name: i.Name, PubKey: i.PubKey.String(), Npub: i.PubKey.Npub(), Created: i.Created, Apps: len(k.book.active(i.ID)), Recovered: k.recovered(i.ID),
	}
}

func (k *Keeper) listIdentities(context.Context, none) ([]control.IdentityInfo, error) {
	out := []control.IdentityInfo{}
	for _, i := range k.book.allIdentities() {
		out = append(out, k.identityInfo(i))
	}
	return out, nil
}

func (k *Keeper) showIdentity(ctx context.Context, n control.Name) (control.IdentityInfo, error) {
	i, err := k.findIdentity(n.Name)
	if err != nil {
		return control.IdentityInfo{}, err
	}
	info := k.identityInfo(i)
	info.Profile = k.profileOf(ctx, i)
	return info, nil
}

func (k *Keeper) renameIdentity(ctx context.Context, r control.Rename) (control.IdentityInfo, error) {
	i, err := k.findIdentity(r.Name)
	if err != nil {
		return control.IdentityInfo{}, err
	}
	to, err := checkName(r.To)
	if err != nil {
		return control.IdentityInfo{}, err
	}
	for _, other := range k.book.allIdentities() {
		if other.ID != i.ID && strings.EqualFold(other.Name, to) {
			return control.IdentityInfo{}, privyseal.E(privyseal.KindConflict, "there is an identity named “"+other.Name+"” already", "")
		}
	}
	i.Name = to
	if err := k.store.Update(ctx, func(tx store.Tx) error { return tx.PutIdentity(i) }); err != nil {
		return control.IdentityInfo{}, err
	}
	k.book.putIdentity(i)
	return k.identityInfo(i), nil
}

// exportIdentity gives the key as ncryptsec, after the vault's passphrase.
func (k *Keeper) exportIdentity(ctx context.Context, e control.Export) (control.Exported, error) {
	i, err := k.findIdentity(e.Name)
	if err != nil {
		return control.Exported{}, err
	}
	if err := k.vault.CheckPassphrase(*k.seals.Load(), e.Passphrase); err != nil {
		if errors.Is(err, vault.ErrNoVault) {
			return control.Exported{}, privyseal.E(privyseal.KindDenied, "the vault has no passphrase, which export asks for", "set one with: privyseal passphrase change")
		}
		return control.Exported{}, err
	}
	if err := vault.CheckStrength(e.Password); err != nil {
		return control.Exported{}, err
	}
	s, err := k.vault.ExportUserKey(i.ID, i.Sealed, string(e.Password), 0)
	if err != nil {
		return control.Exported{}, err
	}
	err = k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.SetSetting(settingBorn+i.ID, ""); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: k.now(), Identity: i.ID, Detail: "key exported " + by(ctx)})
	})
	if err != nil {
		return control.Exported{}, err
	}
	return control.Exported{Ncryptsec: s}, nil
}

// removeIdentity deletes an identity and ends its apps.
func (k *Keeper) removeIdentity(ctx context.Context, r control.Removal) (control.IdentityInfo, error) {
	i, err := k.findIdentity(r.Name)
	if err != nil {
		return control.IdentityInfo{}, err
	}
	if r.Confirm != i.PubKey.Npub() {
		return control.IdentityInfo{}, privyseal.E(privyseal.KindDenied,
			"removing an identity deletes its key; without a copy nobody can get it back",
			"export it first (privyseal identity export), then confirm with: --confirm "+i.PubKey.Npub())
	}
	apps, err := k.eraseIdentity(ctx, i)
	if err != nil {
		return control.IdentityInfo{}, err
	}
	info := k.identityInfo(i)
	k.book.dropIdentity(i.ID)
	k.vault.ForgetUserKey(i.ID)
	k.people.Forget(i.ID)
	k.looks.Forget(i.ID)
	for _, id := range apps {
		k.dropQuestions(ctx, id)
	}
	k.listenAll()
	return info, nil
}

// eraseIdentity deletes an identity with its links and ends its sessions.
func (k *Keeper) eraseIdentity(ctx context.Context, i privyseal.Identity) ([]string, error) {
	k.sessions.Lock()
	defer k.sessions.Unlock()
	var apps []string
	at := k.now()
	end := func(a *privyseal.App) {
		if !ended(a.State) {
			a.State, a.StateSince = privyseal.AppRevoked, at
		}
	}
	err := k.store.Update(ctx, func(tx store.Tx) error {
		apps = nil
		for a := range k.book.allApps() {
			if a.Identity == i.ID {
				if err := changeApp(tx, a.ID, end); err != nil {
					return err
				}
				apps = append(apps, a.ID)
			}
		}
		invitations, err := tx.Invitations()
		if err != nil {
			return err
		}
		for _, inv := range invitations {
			if inv.Identity == i.ID {
				if err := tx.DeleteInvitation(inv.ID); err != nil {
					return err
				}
			}
		}
		if err := errors.Join(tx.DeleteIdentity(i.ID), tx.SetSetting(settingBorn+i.ID, ""), tx.SetSetting(settingPaid+i.ID, ""), tx.SetSetting(settingCustoms+i.ID, ""), tx.SetSetting(settingRecovered+i.ID, "")); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: at, Identity: i.ID, Detail: "identity removed " + by(ctx)})
	})
	for _, id := range apps {
		if err == nil {
			k.book.changeApp(id, end)
		}
	}
	k.narrowed()
	return apps, err
}
