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
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip04"
)

// inside is what was opened of a request in order to ask about it. It lives as
// long as the request is worked on, and is never written down.
type inside struct {
	looked bool    // it was tried
	text   *string // nil: it did not open
	inner  *string // of a seal: the message in it, "" when it did not open

	older, newer *string // of a list: the private parts of the version before and of this one
}

const (
	kindSeal        = nostr.Kind(13)
	kindWalletOrder = nostr.Kind(23194)
)

// seeFirst opens what has to be seen before it can be decided: a text that
// would be asked about, a wallet order, and the private parts of a list. It
// reports whether the request goes on; else it was answered.
func (k *Keeper) seeFirst(ctx context.Context, j *job, eff *effect.Effect) bool {
	hides := k.hidesPart(j)
	if j.inside.looked || !hides && !j.req.Op.Decrypts() && j.kind() != int(kindWalletOrder) {
		return true
	}
	in := policy.Input{Effect: *eff, App: j.app, Identity: j.who, Grants: k.grants.of(j.app.ID), Now: j.e.at}
	in.Spent = k.grants.spent(policy.BudgetedFor(eff, &j.app, in.Grants), j.e.at)
	d := k.answered(j, policy.Decide(in))
	if !k.mustSee(j, d) {
		return true
	}
	if hides && d.Verdict == privyseal.Allow { // an everyday change is not in vain
		if !k.openParts(ctx, j, d) {
			return false
		}
		*eff = k.weigh(j)
		return true
	}
	if j.charged = true; k.inVain(ctx, j.e, &j.app, j.req.ID, j.req.Method) {
		return false
	}
	open := k.open
	if hides {
		open = k.openParts
	}
	if !open(ctx, j, d) {
		return false
	}
	*eff = k.weigh(j)
	return true
}

// mustSee reports whether a request hangs on what is inside of it. What comes
// to nothing anyway stays closed.
func (k *Keeper) mustSee(j *job, d privyseal.Decision) bool {
	if _, _, quiet := k.brakes.refusals.Quiet(j.app.ID, j.e.at); quiet && d.Verdict != privyseal.Allow {
		return false
	}
	if k := j.kind(); k >= 0 && effect.HidesPart(nostr.Kind(k)) {
		return d.Verdict != privyseal.Refuse
	}
	if !j.req.Op.Decrypts() {
		return d.Reason == policy.ReasonBlocked && d.Rule.ID == "builtin:"+effect.ReasonWalletNo
	}
	_, braked := k.brakes.reading.Braked(readingKey(j.app.ID, j.req.Op))
	return d.Verdict == privyseal.Ask && !braked
}

// open opens what a request is about, in order to ask: first on record, then
// with the key. It reports whether the request goes on; else it was answered.
func (k *Keeper) open(ctx context.Context, j *job, d privyseal.Decision) bool {
	j.inside.looked = true
	cipher, peer, text, ok := j.closed()
	if !ok {
		return true
	}
	if d, ok = k.openedOnRecord(ctx, j, d); !ok {
		return false
	}
	failpoint.Hit(failpoint.KeyUse)
	key, err := k.vault.UserKey(j.who.ID, j.who.Sealed)
	var plain string
	if err == nil {
		plain, err = key.Decrypt(cipher, peer, text)
	}
	failpoint.Hit(failpoint.KeyUsed)
	switch {
	case err == nil:
		j.inside.text = &plain
		j.inside.inner = unwrap(key, plain)
	case cipher == privyseal.CipherNip44 && j.req.Op.Decrypts():
		// Its MAC tells whoever made it that it does not open; with NIP-04 the
		// answer would tell more than nothing, so that it is asked as any other.
		k.useFailed(ctx, j, d, err)
		return false
	}
	return true
}

// openedOnRecord has it on record that something is opened in order to ask; it
// reports whether that is so.
func (k *Keeper) openedOnRecord(ctx context.Context, j *job, d privyseal.Decision) (privyseal.Decision, bool) {
	d = privyseal.Decision{
		Verdict: privyseal.Ask, Level: d.Level, Reason: words.OpenedToAsk, Rule: privyseal.Rule{ID: "builtin:" + words.OpenedToAsk},
	}
	failpoint.Hit(failpoint.Recording)
	err := k.store.Update(ctx, func(tx store.Tx) error {
		if j.parked {
			if err := stillOpen(tx, j.app.ID, j.req.Event); err != nil {
				return err
			}
		}
		r := j.entry(privyseal.PhaseDecided, d, "")
		r.Time = k.now()
		_, err := tx.AppendRecord(r)
		return err
	})
	failpoint.Hit(failpoint.Recorded)
	if errors.Is(err, errTaken) {
		return d, false
	}
	if err != nil {
		k.unrecorded(ctx, j, err)
		return d, false
	}
	k.counts.add("texts_opened_to_ask", 1)
	return d, true
}

// closed is the sealed text that a request is about, and between whom.
func (j *job) closed() (c privyseal.Cipher, peer nostr.PubKey, text string, ok bool) {
	switch j.req.Op {
	case privyseal.OpNip44Decrypt:
		return privyseal.CipherNip44, j.req.Peer, j.req.Text, true
	case privyseal.OpNip04Decrypt:
		return privyseal.CipherNip04, j.req.Peer, j.req.Text, true
	case privyseal.OpSignEvent:
		peer, err := nostr.ParsePubKey(j.req.Template.Tags.TagValue("p"))
		if err != nil {
			return 0, peer, "", false
		}
		if nip04.Looks(j.req.Template.Content) {
			return privyseal.CipherNip04, peer, j.req.Template.Content, true
		}
		return privyseal.CipherNip44, peer, j.req.Template.Content, true
	case privyseal.OpUnknown, privyseal.OpConnect, privyseal.OpPing, privyseal.OpGetPublicKey,
		privyseal.OpNip04Encrypt, privyseal.OpNip44Encrypt, privyseal.OpSwitchRelays, privyseal.OpLogout:
	}
	return 0, peer, "", false
}

// unwrap opens the message in a seal (NIP-59), so that who wrote it is held
// against who sealed it. It is one use with the wrap's.
func unwrap(key vault.Key, plain string) *string {
	seal, ok := sealIn(plain)
	if !ok {
		return nil
	}
	inner, err := key.Decrypt(privyseal.CipherNip44, seal.PubKey, seal.Content)
	if err != nil {
		inner = ""
	}
	return &inner
}

// sealIn is the seal that a text is, its signature checked.
func sealIn(plain string) (*nostr.Event, bool) {
	e, err := nostr.ParseEvent([]byte(plain))
	return e, err == nil && e.Kind == kindSeal && e.Verify() == nil
}

// passed remembers what went through, for the minutes in which it matters: what
// was sealed, to show it; what was opened, to know it again; and that the
// message in an opened seal belongs to the same yes (T36).
func (k *Keeper) passed(j *job, d privyseal.Decision, result string) {
	now := k.now()
	switch {
	case encrypts(j.req.Op):
		k.texts.Seal(j.who.ID, result, j.req.Text, j.req.Peer, now)
	case j.req.Op.Decrypts():
		k.texts.Open(j.who.ID, result, now)
		if q, ok := k.asked.Approved(j.app.ID, j.req.OpHash, now); ok && d.Rule.ID == "question:"+q.ID {
			if seal, ok := sealIn(result); ok {
				q.OpHash = opHash(&nip46.Request{Method: nip46.Nip44Decrypt, Params: []string{seal.PubKey.String(), seal.Content}})
				k.asked.Also(q)
			}
		}
	}
}

// shut locks the vault and forgets what is only in memory. The sessions stay.
func (k *Keeper) shut() {
	k.holdKeys()
	k.vault.Lock()
	k.texts.Wipe()
}
