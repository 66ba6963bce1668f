package keeper

import (
	"context"
	"errors"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/internal/words"
)

// maxAnswer bounds an answer's JSON so that its envelope, padded and in base64,
// stays within the size of an event.
const maxAnswer = 640 << 10

// use does with the user key what was decided and recorded. It answers a
// success.
func (k *Keeper) use(ctx context.Context, j *job, d privyseal.Decision) *response {
	if r, gone := k.stopped(j); gone { // revoked or paused since the decision
		k.finish(ctx, j, r, d, true)
		return nil
	}
	k.lesson(j, d)
	failpoint.Hit(failpoint.KeyUse)
	result, err := k.apply(j)
	failpoint.Hit(failpoint.KeyUsed)
	if err == nil {
		err = k.keepSigned(ctx, j, result)
	}
	if err != nil {
		k.useFailed(ctx, j, d, err)
		return nil
	}
	if j.req.Op.Decrypts() && effect.Secret(result) { // nobody hands that over, whatever was granted
		d.Reason, d.Rule.ID = policy.ReasonBlocked, "builtin:"+effect.ReasonSecret
		k.finish(ctx, j, refusal(j.req.ID, j.req.Method, d), d, true)
		return nil
	}
	k.learn(j)
	k.accustom(j)
	k.passed(j, d, result)
	r := success(j.req.ID, j.req.Method, result)
	r.signed = j.signed
	const worst = 6 // bytes that JSON may make of one
	if len(result) > maxAnswer/worst && len(r.text()) > maxAnswer {
		r = failure(j.req.ID, j.req.Method, privyseal.KindLimit, "the answer is larger than the signer sends")
		r.Outcome = privyseal.Failed
	}
	k.finish(ctx, j, r, d, true)
	return &r
}

// useFailed answers a request for which the key could not be used.
func (k *Keeper) useFailed(ctx context.Context, j *job, d privyseal.Decision, err error) {
	kind, text := privyseal.KindInvalid, "it could not be done"
	if pe, ok := errors.AsType[*privyseal.Error](err); ok {
		kind, text = pe.Kind, pe.Msg
	}
	if errors.Is(err, vault.ErrLocked) {
		kind, text = words.Refusal(privyseal.Decision{Reason: words.Locked})
	}
	r := failure(j.req.ID, j.req.Method, kind, text)
	r.Outcome = privyseal.Failed
	k.finish(ctx, j, r, d, true)
}

// stopped answers a request whose session ended or was paused meanwhile.
func (k *Keeper) stopped(j *job) (response, bool) {
	app, ok := k.book.appByID(j.app.ID)
	if ok && app.State == privyseal.AppActive {
		return response{}, false
	}
	return k.inactive(j.req.ID, j.req.Method, app.State), true
}

// apply is the one place where a user key is used for an app.
func (k *Keeper) apply(j *job) (string, error) {
	key, err := k.vault.UserKey(j.who.ID, j.who.Sealed)
	if err != nil {
		return "", err
	}
	var result string
	switch j.req.Op {
	case privyseal.OpSignEvent:
		ev, err := key.Sign(j.req.Template)
		if err != nil {
			return "", err
		}
		var small [1 << 10]byte
		j.signed, result = ev, string(ev.AppendJSON(small[:0]))
	case privyseal.OpNip44Encrypt:
		result, err = key.Encrypt(privyseal.CipherNip44, j.req.Peer, j.req.Text)
	case privyseal.OpNip04Encrypt:
		result, err = key.Encrypt(privyseal.CipherNip04, j.req.Peer, j.req.Text)
	case privyseal.OpNip44Decrypt:
		result, err = key.Decrypt(privyseal.CipherNip44, j.req.Peer, j.req.Text)
	case privyseal.OpNip04Decrypt:
		result, err = key.Decrypt(privyseal.CipherNip04, j.req.Peer, j.req.Text)
	case privyseal.OpUnknown, privyseal.OpConnect, privyseal.OpPing, privyseal.OpGetPublicKey,
		privyseal.OpSwitchRelays, privyseal.OpLogout:
		return "", privyseal.E(privyseal.KindUnsupported, "unsupported method", "")
	}
	switch {
	case err != nil:
		return "", err
	case result == "":
		// An empty result hangs clients in the wild (clients.md §5.30).
		return "", privyseal.E(privyseal.KindInvalid, "the message is empty", "")
	}
	return result, nil
}

// finish answers, and puts the outcome on record with the next commit. With
// kept false the request was never taken into work.
func (k *Keeper) finish(ctx context.Context, j *job, r response, d privyseal.Decision, kept bool) {
	relays := k.ears.answerRelays(j.e.relay, j.app.Relays)
	k.took.add(k.now().Sub(j.e.at))
	if kept {
		done := j.entry(privyseal.PhaseDone, d, "")
		done.Outcome, done.Result, done.Detail = r.Outcome, r.hash(), string(r.Kind)
		done.Time = k.now()
		var sealed []byte
		if !j.req.Op.Decrypts() || r.Error != "" {
			sealed = k.keep(j.app.ID, r)
		}
		expires := done.Time.Add(keptFor)
		failpoint.Hit(failpoint.Finishing)
		debt := k.debts.owe(j.app.ID, j.req.Event, relays)
		k.store.Later(func(tx store.Tx) error {
			if _, err := tx.AppendRecord(done); err != nil {
				return err
			}
			left, less := k.debts.written(debt)
			err := tx.FinishWork(j.app.ID, j.req.Event, r.Outcome, sealed, left, expires)
			remade := errors.Is(err, store.ErrConflict)
			if remade && less {
				err = tx.SetOwed(j.app.ID, j.req.Event, left)
			}
			if remade && !less || errors.Is(err, store.ErrNotFound) {
				return nil
			}
			return err
		})
		failpoint.Hit(failpoint.Finished)
	}
	k.post(ctx, j.e.letter(j.app.ID, relays, kept), r)
	k.logAnswer(j.req.Trace, j.app.ID, r)
}
