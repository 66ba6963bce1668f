package keeper

import (
	"context"
	"errors"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
)

// dispatch sends an active app's request its way. Control methods are answered
// at once: they wait for neither disk nor person and are counted, not chained.
func (k *Keeper) dispatch(ctx context.Context, e *envelope, app privyseal.App, req *nip46.Request) {
	done := func(result string) { k.reply(ctx, e, app.ID, success(req.ID, req.Method, result)) }
	op := privyseal.OperationOf(req.Method)
	if op.Signer() == privyseal.SignerSession {
		k.counts.control(app.ID, e.at)
	}
	switch op {
	case privyseal.OpPing:
		done("pong")
	case privyseal.OpConnect:
		k.reconnect(ctx, e, app, req)
	case privyseal.OpGetPublicKey:
		id, ok := k.book.identity(app.Identity)
		if !ok {
			k.reply(ctx, e, app.ID, failure(req.ID, req.Method, privyseal.KindRevoked, "this identity is no longer here"))
			return
		}
		done(id.PubKey.String())
	case privyseal.OpSwitchRelays:
		done(k.switchRelays(app))
	case privyseal.OpLogout:
		k.logout(ctx, e, app, req)
	case privyseal.OpSignEvent, privyseal.OpNip04Encrypt, privyseal.OpNip04Decrypt,
		privyseal.OpNip44Encrypt, privyseal.OpNip44Decrypt:
		k.operate(ctx, e, app, op, req)
	case privyseal.OpUnknown:
		switch req.Method {
		case nip46.GetRelays:
			done("{}")
			return
		case nip46.Disconnect: // some say so as they close, and fail on an error; the session goes on
			done("ack")
			return
		}
		k.counts.add("methods_unsupported", 1)
		k.reply(ctx, e, app.ID, because(req.ID, req.Method, policy.ReasonUnsupported))
	}
}

// reconnect answers a known client, which may connect again at any time: that
// never changes what it may do (decision 6). Only what it says of itself is
// taken, where nothing was known, and the code that came back with its person.
func (k *Keeper) reconnect(ctx context.Context, e *envelope, app privyseal.App, req *nip46.Request) {
	says := nip46.ParseConnectParams(req.Params).Metadata
	if says != (nip46.Metadata{}) && app.Claimed == (nip46.Metadata{}) {
		k.alter(app.ID, func(a *privyseal.App) {
			if a.Claimed == (nip46.Metadata{}) {
				a.Claimed = says
			}
		})
	}
	if err := k.cameBack(ctx, app, nip46.ParseConnectParams(req.Params).Secret); err != nil {
		k.log.Warn("where an app is from could not be noted", "app", app.ID, "err", err)
	}
	k.reply(ctx, e, app.ID, success(req.ID, req.Method, "ack"))
}

// alter changes facts of a session that need no record, without waiting.
func (k *Keeper) alter(app string, change func(*privyseal.App)) {
	k.book.changeApp(app, change)
	k.store.Later(func(tx store.Tx) error {
		if err := changeApp(tx, app, change); !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return nil
	})
}

// logout ends the session at the app's wish. A captured one from before the
// session does not count.
func (k *Keeper) logout(ctx context.Context, e *envelope, app privyseal.App, req *nip46.Request) {
	if e.ev.CreatedAt < app.Created.Add(-maxAhead).Unix() {
		k.reply(ctx, e, app.ID, failure(req.ID, req.Method, privyseal.KindExpired, staleText(e)))
		return
	}
	if _, err := k.setAppState(ctx, app.ID, privyseal.AppLoggedOut, "logged out", "app", privyseal.AppActive); err != nil {
		k.log.Error("a logout could not be recorded", "app", app.ID, "err", err)
		k.reply(ctx, e, app.ID, because(req.ID, req.Method, words.Busy))
		return
	}
	k.reply(ctx, e, app.ID, success(req.ID, req.Method, "ack"))
}

// switchRelays answers the app's new relays as a JSON string, or "null" when
// nothing changed (design decision 7). All of them are listened on already.
func (k *Keeper) switchRelays(app privyseal.App) string {
	next, changed := k.ears.replaced(app)
	if !changed {
		return nip46.FormatRelayList(nil)
	}
	k.alter(app.ID, func(a *privyseal.App) { a.Relays = next })
	return nip46.FormatRelayList(next)
}
