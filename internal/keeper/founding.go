package keeper

import (
	"context"
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/vault"
)

// Founding is what a new vault and its first identity are made from. Secret,
// if any, is the identity's key as people have it, and Password opens it.
type Founding struct {
	Name, Lang                            string // Lang is the language of questions
	Passphrase, KeyFile, Secret, Password vault.Secret
}

// Wipe forgets what is secret in it.
func (f *Founding) Wipe() {
	if f == nil {
		return
	}
	for _, b := range []vault.Secret{f.Passphrase, f.KeyFile, f.Secret, f.Password} {
		b.Wipe()
	}
}

// CheckKey opens the key to import, if any, and forgets it again.
func (f *Founding) CheckKey() error {
	if len(f.Secret) == 0 {
		return nil
	}
	sk, err := openKey(f.Secret, f.Password)
	clear(sk[:])
	return err
}

// Found makes the vault and its first identity.
func (k *Keeper) Found(ctx context.Context, f *Founding) (control.IdentityInfo, error) {
	if err := k.CreateVault(ctx, f.Passphrase, f.KeyFile); err != nil {
		return control.IdentityInfo{}, err
	}
	if f.Lang != "" {
		if err := k.Speak(ctx, f.Lang); err != nil {
			return control.IdentityInfo{}, err
		}
	}
	return k.AddIdentity(ctx, control.IdentityAdd{Name: f.Name, Secret: f.Secret, Password: f.Password})
}

// enterSetUp lets in who has the link to set up.
func (k *Keeper) enterSetUp(_ context.Context, a control.SetUpEnter) (control.SetUpPass, error) {
	if k.hasVault() {
		return control.SetUpPass{}, errSetUp
	}
	return k.desk.FoundingPass(a.Code)
}

// errSetUp is the answer to whoever comes too late to set up.
var errSetUp = privyseal.E(privyseal.KindConflict, "this signer is set up already", "sign in to the console")

func (k *Keeper) lookSetUp(_ context.Context, t control.Token) (control.SetUpLook, error) {
	look := control.SetUpLook{Relays: []string{}, Shortest: vault.MinPassphrase}
	for _, r := range k.reviewed {
		look.Relays = append(look.Relays, r.URL)
	}
	return look, k.mayFound(t.Token)
}

func (k *Keeper) mayFound(token string) error {
	switch {
	case k.hasVault():
		return errSetUp
	case !k.desk.Founder(token):
		return privyseal.E(privyseal.KindDenied, "only a link that works once leads here", "get one with: privyseal console")
	}
	return nil
}

// makeSetUp makes the vault of who came by the link, and signs them in. What
// can be found wrong is found before anything is made.
func (k *Keeper) makeSetUp(ctx context.Context, a control.SetUpMake) (control.SetUpDone, error) {
	f := &Founding{Name: a.Identity.Name, Lang: a.Lang, Passphrase: a.Passphrase, Secret: a.Identity.Secret, Password: a.Identity.Password}
	defer f.Wipe()
	k.founding.Lock()
	defer k.founding.Unlock()
	if err := k.mayFound(a.Token); err != nil {
		return control.SetUpDone{}, err
	}
	if _, err := checkName(f.Name); err != nil {
		return control.SetUpDone{}, err
	}
	if err := f.CheckKey(); err != nil {
		return control.SetUpDone{}, err
	}
	if f.Lang != "" {
		if err := checkLanguage(f.Lang); err != nil {
			return control.SetUpDone{}, err
		}
	}
	for _, url := range a.Relays {
		if !slices.ContainsFunc(k.reviewed, func(r Relay) bool { return r.URL == url }) {
			return control.SetUpDone{}, privyseal.E(privyseal.KindDenied, "only the relays that were offered can be chosen here", "others can be added later")
		}
	}
	who, err := k.Found(ctx, f)
	if err != nil {
		return control.SetUpDone{}, err
	}
	done := control.SetUpDone{Identity: who}
	if done.Session, err = k.desk.Founded(ctx, a.Device); err != nil {
		return done, err
	}
	owner, _ := k.desk.Owner()
	k.reachOut(context.WithValue(ctx, actorKey{}, actor{Person: owner}), a.Relays)
	return done, nil
}

// reachOut adds the public relays that were chosen, and has the others be their
// spares.
func (k *Keeper) reachOut(ctx context.Context, urls []string) {
	if len(urls) > 0 {
		k.spares.Store(&k.reviewed)
	}
	for _, url := range urls {
		if _, err := k.addRelay(ctx, control.Name{Name: url}); err != nil && privyseal.KindOf(err) != privyseal.KindConflict {
			k.log.Warn("a relay that was chosen could not be added", "relay", url, "err", err)
		}
	}
}
