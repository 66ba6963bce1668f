package keeper

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nip46"
)

// dispatch sends an active app's request its way. Control methods are answered
// at once: they wait for neither disk nor person and are counted, not chained.
func (k *Keeper) dispatch(ctx context.Context, e *envelope, app privyseal.App, req *nip46.Request) {
	done := func(result string) { k.reply(ctx, e, app.ID, success(req.ID, req.Method, result)) }
	op := privyseal.OperationOf(req.Method)
	switch op {
	case privyseal.OpPing:
		done("pong")
	case privyseal.OpConnect:
		done("ack") // a known client may connect again at any time (decision 6)
	case privyseal.OpGetPublicKey:
		id, ok := k.book.identity(app.Identity)
		if !ok {
			k.reply(ctx, e, app.ID, failure(req.ID, req.Method, privyseal.KindRevoked, "this identity is no longer here"))
			return
		}
		done(id.PubKey.String())
	case privyseal.OpSwitchRelays:
		done(k.switchRelays(ctx, app))
	case privyseal.OpLogout:
		k.logout(ctx, e, app, req)
	case privyseal.OpSignEvent, privyseal.OpNip04Encrypt, privyseal.OpNip04Decrypt,
		privyseal.OpNip44Encrypt, privyseal.OpNip44Decrypt:
		k.operate(ctx, e, app, op, req)
	case privyseal.OpUnknown:
		if req.Method == nip46.GetRelays {
			done("{}")
			return
		}
		k.counts.add("methods_unsupported", 1)
		k.reply(ctx, e, app.ID, failure(req.ID, req.Method, privyseal.KindUnsupported, "unsupported method"))
	}
}

// logout ends the session at the app's wish, after its answer is on its way.
func (k *Keeper) logout(ctx context.Context, e *envelope, app privyseal.App, req *nip46.Request) {
	k.reply(ctx, e, app.ID, success(req.ID, req.Method, "ack"))
	if _, err := k.setAppState(ctx, app.ID, privyseal.AppLoggedOut, "logged out", "app"); err != nil {
		k.log.Error("a logout could not be recorded", "app", app.ID, "err", err)
	}
}

// switchRelays answers the app's new relays as a JSON string, or "null" when
// nothing changed (design decision 7).
func (k *Keeper) switchRelays(ctx context.Context, app privyseal.App) string {
	next, changed := k.ears.replaced(app.Relays)
	if !changed {
		return "null"
	}
	app.Relays = next
	k.book.putApp(app)
	k.listen(app.Signer, next)
	k.store.Later(func(tx store.Tx) error { return tx.PutApp(app) })
	slices.Sort(next)
	raw, err := json.Marshal(next)
	if err != nil {
		return "null"
	}
	return string(raw)
}
