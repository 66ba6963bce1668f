package keeper

import (
	"context"
	"errors"
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
)

// pair turns an invitation into a session. The secret is spent in the commit
// that makes the session: of many clients at once, one wins.
func (k *Keeper) pair(ctx context.Context, e *envelope, req *nip46.Request, inv privyseal.Invitation) {
	refuse := func(kind privyseal.ErrorKind, text string) {
		k.counts.add("pairings_refused", 1)
		k.reply(ctx, e, "", failure(req.ID, req.Method, kind, text))
	}
	params := nip46.ParseConnectParams(req.Params)
	app := privyseal.App{
		ID: inv.ID, Identity: inv.Identity, Client: e.ev.PubKey, Signer: inv.Signer,
		SignerKey: inv.SignerKey, Compatible: inv.Compatible, Label: inv.Label,
		Claimed: params.Metadata, Relays: inv.Relays, Cipher: e.cipher, Preset: inv.Preset,
		Created: e.at, LastSeen: e.at, State: privyseal.AppActive, StateSince: e.at,
	}
	k.sessions.Lock()
	defer k.sessions.Unlock()
	if old, ok := k.book.app(app.Client, app.Signer); ok {
		app.ID = old.ID // the same client on a compatible link: the same session, begun anew
	}
	failpoint.Hit(failpoint.Pairing)
	err := k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.UseInvitation(inv.ID, app.Client, e.at); err != nil {
			return err
		}
		if err := k.announced(tx, app.ID, params.AuthURL); err != nil {
			return err
		}
		return putSession(tx, app, inv.Grants, "paired by link")
	})
	switch {
	case errors.Is(err, store.ErrSpent) && e.at.After(inv.Expires):
		refuse(privyseal.KindExpired, "this link has expired; make a new one in the signer")
		return
	case errors.Is(err, store.ErrSpent):
		refuse(privyseal.KindDenied, "this link was used before; make a new one in the signer")
		return
	case privyseal.KindOf(err) == privyseal.KindLocked:
		k.counts.locked(e.at)
		k.reply(ctx, e, "", because(req.ID, req.Method, words.Locked))
		return
	case err != nil:
		k.log.Error("a pairing could not be recorded", "trace", trace(e.ev.ID), "err", err)
		refuse(privyseal.KindBusy, "the signer cannot write to its disk; try again later")
		return
	}
	failpoint.Hit(failpoint.Paired)
	inv.Used, inv.UsedBy = e.at, app.Client
	k.book.putInvitation(inv)
	k.book.putApp(app)
	k.grants.set(app.ID, ownGrants(app.ID, inv.Grants))
	k.narrowed()
	k.counts.add("pairings", 1)
	k.log.Info("paired", "trace", trace(e.ev.ID), "app", app.ID)
	k.reply(ctx, e, app.ID, success(req.ID, req.Method, "ack"))
	k.lookAround()
}

// putSession writes an app and exactly these grants, with a note in the record.
func putSession(tx store.Tx, app privyseal.App, grants []privyseal.Grant, how string) error {
	old, err := tx.Grants(app.ID)
	if err != nil {
		return err
	}
	for _, g := range old {
		if err := tx.DeleteGrant(g.App, g.ID); err != nil {
			return err
		}
	}
	if err := tx.PutApp(app); err != nil {
		return err
	}
	for _, g := range ownGrants(app.ID, grants) {
		if err := tx.PutGrant(g); err != nil {
			return err
		}
	}
	_, err = tx.AppendRecord(privyseal.Record{
		Time: app.StateSince, Phase: privyseal.PhaseNote, Identity: app.Identity, App: app.ID,
		Client: app.Client, Kind: -1, Detail: how,
	})
	return err
}

func ownGrants(app string, grants []privyseal.Grant) []privyseal.Grant {
	out := make([]privyseal.Grant, len(grants))
	for i, g := range grants {
		g.App = app
		out[i] = g
	}
	return out
}

// setAppState moves a session to another state, on record; from lists the
// states it may come from (none: any).
func (k *Keeper) setAppState(ctx context.Context, id string, to privyseal.AppState, note, by string, from ...privyseal.AppState) (privyseal.App, error) {
	k.sessions.Lock()
	defer k.sessions.Unlock()
	app, ok := k.book.appByID(id)
	if !ok {
		return app, privyseal.E(privyseal.KindNotFound, "there is no such app", "see: privyseal apps list")
	}
	if len(from) > 0 && !slices.Contains(from, app.State) {
		return app, privyseal.E(privyseal.KindConflict, "this app is "+app.State.String(), "see: privyseal apps show "+app.ID)
	}
	at := k.now()
	change := func(a *privyseal.App) { a.State, a.StateSince = to, at }
	err := k.store.Update(ctx, func(tx store.Tx) error {
		if err := changeApp(tx, id, change); err != nil {
			return err
		}
		_, err := tx.AppendRecord(privyseal.Record{
			Time: at, Phase: privyseal.PhaseNote, Identity: app.Identity, App: app.ID,
			Client: app.Client, Kind: -1, Detail: note + " by " + by,
		})
		return err
	})
	if err != nil {
		return app, err
	}
	app = k.book.changeApp(id, change)
	k.narrowed()
	k.log.Info("app state", "app", app.ID, "state", to.String())
	if ended(app.State) {
		k.dropQuestions(ctx, app.ID)
	}
	return app, nil
}

// ended reports whether a session is over.
func ended(s privyseal.AppState) bool {
	switch s {
	case privyseal.AppActive, privyseal.AppPaused:
		return false
	case privyseal.AppRevoked, privyseal.AppExpired, privyseal.AppLoggedOut, privyseal.AppUnknown:
	}
	return true
}

// changeApp changes some of a stored session's facts and leaves the others.
func changeApp(tx store.Tx, id string, change func(*privyseal.App)) error {
	app, err := tx.App(id)
	if err != nil {
		return err
	}
	change(&app)
	return tx.PutApp(app)
}

// dropQuestions closes the questions of a session that has ended.
func (k *Keeper) dropQuestions(ctx context.Context, app string) {
	for _, q := range k.asked.All() {
		if q.App == app {
			if _, err := k.settle(ctx, q, privyseal.QuestionExpired, byEnd, nil); err != nil {
				k.log.Warn("a question could not be closed", "question", q.ID, "err", err)
			}
		}
	}
}
