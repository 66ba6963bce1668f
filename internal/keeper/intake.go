package keeper

import (
	"context"
	"errors"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip04"
)

// How far a new request's stamp may be from our clock (design decision 5).
const (
	maxPast  = 120 * time.Second
	maxAhead = 60 * time.Second
)

// envelope is a request event on its way through the first stage.
type envelope struct {
	relay  string
	ev     *nostr.Event
	to     address
	key    vault.Key
	cipher privyseal.Cipher
	plain  string
	at     time.Time // received
}

// take starts the work on one inbound event.
func (k *Keeper) take(ctx context.Context, in control.Inbound) {
	k.start(ctx, func() { k.handle(ctx, in) })
}

// handle opens one event: cheap checks first, then the MAC, then id and
// signature (design decisions 3 and 4).
func (k *Keeper) handle(ctx context.Context, in control.Inbound) {
	ev, err := nostr.ParseEvent(in.Event)
	if err != nil || ev.Kind != nip46.Kind {
		k.counts.add("events_malformed", 1)
		return
	}
	if k.probes.returned(ev) {
		return
	}
	to, ok := k.book.addressed(ev.Tags)
	if !ok {
		if k.probes.arrived(ev) {
			return
		}
		k.counts.add("events_not_ours", 1)
		return
	}
	e := &envelope{relay: in.Relay, ev: ev, to: to, at: k.now(), cipher: privyseal.CipherNip44}
	if nip04.Looks(ev.Content) {
		e.cipher = privyseal.CipherNip04
	}
	app, known := k.book.app(ev.PubKey, to.pub)
	if !known && !(k.brakes.strangers.Take(string(ev.PubKey[:]), e.at) && k.strangers.admit(in.Relay, e.at)) {
		k.counts.add("strangers_dropped", 1)
		return
	}
	e.key, err = k.key(to)
	switch {
	case errors.Is(err, vault.ErrLocked):
		k.shelve(in)
		return
	case err != nil:
		k.log.Error("a key could not be loaded", "trace", trace(ev.ID), "err", err)
		return
	}
	if e.plain, err = e.key.Decrypt(e.cipher, ev.PubKey, ev.Content); err != nil {
		k.counts.add("events_undecryptable", 1)
		return
	}
	if known && !k.strangers.worthChecking(in.Relay, ev.Content, e.at) {
		k.counts.add("events_copied", 1)
		return
	}
	if known && !k.worthVerifying(e) {
		return
	}
	if err := ev.Verify(); err != nil {
		k.counts.add("events_forged", 1)
		if known {
			k.forged(e)
		}
		return
	}
	if known {
		k.fromApp(ctx, e, app)
	} else {
		k.fromStranger(ctx, e)
	}
}

// key loads one of our keys. Signer keys once loaded survive a lock; user keys
// do not.
func (k *Keeper) key(to address) (vault.Key, error) {
	if k.Older() != "" || !k.powers.Checked() {
		return nil, vault.ErrLocked
	}
	if to.user {
		return k.vault.UserKey(to.id, to.sealed)
	}
	return k.vault.SignerKey(to.id, to.sealed)
}

// fresh reports whether a stamp is within the window for new requests.
func fresh(stamp int64, now time.Time) bool {
	age := now.Sub(time.Unix(stamp, 0))
	return age <= maxPast && age >= -maxAhead-time.Second
}

// parse reads the message inside. A message that is not a request is dropped;
// one that cannot be read is answered by what is left of its id.
func (k *Keeper) parse(ctx context.Context, e *envelope, app string) (*nip46.Request, bool) {
	req, id, err := nip46.ParseRequestString(e.plain)
	switch {
	case err == nil:
		return req, true
	case errors.Is(err, nip46.ErrNotRequest):
		k.counts.add("messages_ignored", 1)
		return nil, false
	}
	k.counts.add("messages_malformed", 1)
	if id == "" {
		id = `""`
	}
	if a, ok := k.book.appByID(app); ok && k.inVain(ctx, e, &a, id, "") {
		return nil, false
	}
	k.reply(ctx, e, app, failure(id, "", privyseal.KindInvalid, "the request could not be read: "+err.Error()))
	return nil, false
}

// fromStranger answers somebody who is not connected: a connect with a valid
// secret pairs; anything else is an error on an app's own key and silence on a
// person's key (design decision 3).
func (k *Keeper) fromStranger(ctx context.Context, e *envelope) {
	k.counts.add("strangers_heard", 1)
	if e.to.user {
		req, _, err := nip46.ParseRequestString(e.plain)
		if err != nil || req.Method != nip46.Connect || !fresh(e.ev.CreatedAt, e.at) {
			return
		}
		if inv, ok := k.book.invited(e.to.pub, nip46.ParseConnectParams(req.Params).Secret); ok {
			k.pair(ctx, e, req, inv)
		}
		return
	}
	req, ok := k.parse(ctx, e, "")
	if !ok {
		return
	}
	if req.Method != nip46.Connect {
		k.reply(ctx, e, "", failure(req.ID, req.Method, privyseal.KindDenied,
			"this app is not connected here; make a new link in the signer and connect again"))
		return
	}
	if !fresh(e.ev.CreatedAt, e.at) {
		k.reply(ctx, e, "", failure(req.ID, req.Method, privyseal.KindExpired, staleText(e)))
		return
	}
	secret := nip46.ParseConnectParams(req.Params).Secret
	inv, ok := k.book.invited(e.to.pub, secret)
	if !ok {
		k.counts.add("pairings_wrong_secret", 1)
		k.reply(ctx, e, "", failure(req.ID, req.Method, privyseal.KindDenied,
			"the secret does not belong to this link; copy the whole link again"))
		return
	}
	k.pair(ctx, e, req, inv)
}

func staleText(e *envelope) string {
	if time.Unix(e.ev.CreatedAt, 0).After(e.at) {
		return "this request is stamped in the future; check the clock of the app's device"
	}
	return "this request is too old; send it again, and check the clock of the app's device"
}

// fromApp takes a request of a known session.
func (k *Keeper) fromApp(ctx context.Context, e *envelope, app privyseal.App) {
	k.clock.heard(app.ID, e.ev.CreatedAt, e.at)
	req, ok := k.parse(ctx, e, app.ID)
	if !ok {
		return
	}
	if app.State == privyseal.AppActive && !app.Ends.IsZero() && e.at.After(app.Ends) {
		app.State = privyseal.AppExpired
	}
	// A new link makes a new session of one that had ended (compatible links
	// keep the key).
	if req.Method == nip46.Connect && ended(app.State) && fresh(e.ev.CreatedAt, e.at) {
		if inv, ok := k.book.invited(e.to.pub, nip46.ParseConnectParams(req.Params).Secret); ok && inv.Used.IsZero() {
			k.pair(ctx, e, req, inv)
			return
		}
	}
	if app.State != privyseal.AppActive {
		k.counts.add("requests_inactive", 1)
		k.reply(ctx, e, app.ID, k.inactive(req.ID, req.Method, app.State))
		return
	}
	if k.tooFast(ctx, e, &app, req) {
		return
	}
	k.book.sawApp(&app, e.at, e.cipher)
	for _, relay := range k.ears.silent(e.relay, app.Relays, e.at) {
		k.canary.Nudge(relay)
	}
	if !fresh(e.ev.CreatedAt, e.at) && !k.known(ctx, e, app) {
		k.counts.add("requests_stale", 1)
		k.reply(ctx, e, app.ID, failure(req.ID, req.Method, privyseal.KindExpired, staleText(e)))
		return
	}
	k.dispatch(ctx, e, app, req)
}

// inactive is what a session hears that is not active.
func (k *Keeper) inactive(id nip46.RequestID, m nip46.Method, s privyseal.AppState) response {
	reason := policy.ReasonRevoked
	switch s {
	case privyseal.AppPaused:
		reason = policy.ReasonPaused
	case privyseal.AppExpired:
		reason = policy.ReasonExpired
	case privyseal.AppLoggedOut:
		reason = policy.ReasonLoggedOut
	case privyseal.AppRevoked, privyseal.AppActive, privyseal.AppUnknown:
	}
	return because(id, m, reason)
}
