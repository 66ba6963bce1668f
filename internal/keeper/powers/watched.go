package powers

import (
	"crypto/sha256"
	"errors"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// watched is a transaction that seals what it changes.
type watched struct {
	store.Tx
	s       *Store
	change  func(store.Tx) error
	touched []string // apps to be sealed anew
	resumed []string // apps that a person let go on though they were changed
}

// run makes the change and seals what it touched. The store may run it anew, in
// another transaction.
func (w *watched) run(tx store.Tx) error {
	w.Tx, w.touched, w.resumed = tx, nil, nil
	if err := w.change(w); err != nil {
		return err
	}
	for _, id := range w.touched {
		if err := w.sealApp(id); err != nil {
			return err
		}
	}
	return nil
}

// touch holds an app against its seal before it is changed: a new seal must not
// cover what somebody else wrote.
func (w *watched) touch(id string) error {
	for _, t := range w.touched {
		if t == id {
			return nil
		}
	}
	w.touched = append(w.touched, id)
	if !w.s.Checked() {
		return errLocked()
	}
	if _, waits := w.s.changed.Load(id); waits {
		return nil
	}
	app, grants, err := w.read(id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !alive(app) {
		return nil // it begins
	}
	if err != nil {
		return err
	}
	text, err := w.setting(settingApp + id)
	if err != nil {
		return err
	}
	if ok, err := w.s.fits(settingApp+id, text, ofApp(app, grants)); ok || err != nil {
		return err
	}
	return privyseal.E(privyseal.KindConflict, "what this app may do was changed past the signer, in its database", "start the signer again: it pauses the app and tells what to do")
}

// alive reports whether an app may do something, now or once it is resumed.
func alive(a privyseal.App) bool {
	return a.State == privyseal.AppActive || a.State == privyseal.AppPaused
}

func (w *watched) read(id string) (app privyseal.App, grants []privyseal.Grant, err error) {
	if app, err = w.App(id); err == nil {
		grants, err = w.Grants(id)
	}
	return app, grants, err
}

func (w *watched) setting(key string) (string, error) {
	text, err := w.Setting(key)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return text, err
}

// sealApp seals what an app may do now. One that waits for a person gets its
// seal when that person lets it go on.
func (w *watched) sealApp(id string) error {
	app, grants, err := w.read(id)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && !alive(app):
		return w.unseal(id)
	case err != nil:
		return err
	}
	if _, waits := w.s.changed.Load(id); waits {
		if app.State != privyseal.AppActive {
			return nil
		}
		w.resumed = append(w.resumed, id)
	}
	if err := w.seal(settingApp+id, ofApp(app, grants)); err != nil {
		return err
	}
	if app.State != privyseal.AppActive {
		return w.SetSetting(settingActive+id, "")
	}
	return w.seal(settingActive+id, ofActive(id))
}

func (w *watched) seal(key string, digest [32]byte) error {
	text, err := w.s.seal(key, digest)
	if err != nil {
		return err
	}
	return w.SetSetting(key, text)
}

func (w *watched) unseal(id string) error {
	return errors.Join(w.SetSetting(settingApp+id, ""), Stop(w, id))
}

// Stop drops the seal of an app's being active. It needs no vault.
func Stop(tx store.Tx, id string) error { return tx.SetSetting(settingActive+id, "") }

func ofActive(id string) [32]byte {
	var room [64]byte
	return sha256.Sum256(appendText(room[:0], id))
}

// PutApp implements [store.Tx].
func (w *watched) PutApp(a privyseal.App) error {
	old, err := w.App(a.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	begins := err != nil || a.State == privyseal.AppActive && old.State != privyseal.AppActive
	switch {
	case alive(a) && (begins || ofApp(old, nil) != ofApp(a, nil)):
		err = w.touch(a.ID)
	case alive(a) && a.State != privyseal.AppActive:
		err = Stop(w, a.ID)
	case !alive(a):
		err = w.unseal(a.ID)
	}
	if err != nil {
		return err
	}
	return w.Tx.PutApp(a)
}

// DeleteApp implements [store.Tx].
func (w *watched) DeleteApp(id string) error {
	if err := w.unseal(id); err != nil {
		return err
	}
	return w.Tx.DeleteApp(id)
}

// PutGrant implements [store.Tx].
func (w *watched) PutGrant(g privyseal.Grant) error {
	if err := w.touch(g.App); err != nil {
		return err
	}
	return w.Tx.PutGrant(g)
}

// DeleteGrant implements [store.Tx].
func (w *watched) DeleteGrant(app, id string) error {
	if err := w.touch(app); err != nil {
		return err
	}
	return w.Tx.DeleteGrant(app, id)
}

// PutInvitation implements [store.Tx].
func (w *watched) PutInvitation(inv privyseal.Invitation) error {
	if inv.Used.IsZero() {
		if err := w.seal(settingLink+inv.ID, ofLink(inv)); err != nil {
			return err
		}
	}
	return w.Tx.PutInvitation(inv)
}

// UseInvitation implements [store.Tx]: a used link needs no seal.
func (w *watched) UseInvitation(id string, client nostr.PubKey, now time.Time) error {
	if err := w.SetSetting(settingLink+id, ""); err != nil {
		return err
	}
	return w.Tx.UseInvitation(id, client, now)
}

// DeleteInvitation implements [store.Tx].
func (w *watched) DeleteInvitation(id string) error {
	if err := w.SetSetting(settingLink+id, ""); err != nil {
		return err
	}
	return w.Tx.DeleteInvitation(id)
}
