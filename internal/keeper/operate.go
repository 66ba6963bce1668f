package keeper

import (
	"context"
	"errors"
	"fmt"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/keeper/ask"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// job is one use of a user key on its way through the pipeline.
type job struct {
	e   *envelope
	app privyseal.App
	who privyseal.Identity
	req *privyseal.Request

	bulk     *privyseal.Question // the one it waits for together with others
	held     *privyseal.Question // the one about the same that has a yes already
	place    *ask.Place          // of its own question
	replaces nostr.ID            // the version it was weighed against
	there    bool                // that version says just what is to be signed
	sats     int64               // that it would move
	inside   inside              // what was opened of it
	person   nostr.PubKey        // whom it concerns
	signed   *nostr.Event        // what was made of it
	parked   bool                // it was put on record before, and is taken up again
	charged  bool                // it cost a token of those that come to nothing
}

// operate takes a request for a user key through the pipeline: once, weigh,
// decide, ask, record, use, answer.
func (k *Keeper) operate(ctx context.Context, e *envelope, app privyseal.App, op privyseal.Operation, req *nip46.Request) {
	j := &job{e: e, app: app}
	refuse := func(kind privyseal.ErrorKind, text string) {
		k.reply(ctx, e, app.ID, failure(req.ID, req.Method, kind, text))
	}
	var ok bool
	if j.who, ok = k.book.identity(app.Identity); !ok {
		refuse(privyseal.KindRevoked, "this identity is no longer here")
		return
	}
	var err error
	if j.req, err = k.read(e, &app, &j.who, op, req); err != nil {
		k.counts.add("requests_invalid", 1)
		if k.inVain(ctx, e, &app, req.ID, req.Method) {
			return
		}
		refuse(privyseal.KindOf(err), err.Error())
		return
	}
	if k.vault.Locked() {
		k.counts.add("requests_locked", 1)
		k.counts.locked(e.at)
		k.reply(ctx, e, app.ID, because(req.ID, req.Method, words.Locked))
		return
	}
	if err := k.unrecordable(); err != nil {
		k.counts.add("requests_unrecordable", 1)
		refuse(privyseal.KindOf(err), err.Error())
		return
	}
	k.lookFirst(ctx, j)
	read, err := k.inTurn(ctx, app.ID, op, e.at)
	if err != nil {
		return
	}
	defer read()
	// One operation asked for twice at the same time is worked on once; the
	// second finds the first's answer.
	turn, err := k.flights.enter(ctx, app.ID, j.req.OpHash)
	if err != nil {
		return
	}
	defer turn.leave()
	next, err := k.oneAtATime(ctx, &j.who, j.kind())
	if err != nil {
		return
	}
	defer next.leave()
	k.process(ctx, j)
}

// read makes the domain's request from the message, refusing what cannot be
// signed as it stands. Templates are never altered.
func (k *Keeper) read(e *envelope, app *privyseal.App, who *privyseal.Identity, op privyseal.Operation, m *nip46.Request) (*privyseal.Request, error) {
	r := &privyseal.Request{
		Event: e.ev.ID, Signer: e.to.pub, Client: e.ev.PubKey, Relay: e.relay, Cipher: e.cipher,
		Received: e.at, ID: m.ID, Op: op, Method: m.Method, Params: m.Params,
		OpHash: opHash(m), Trace: trace(e.ev.ID),
	}
	if op == privyseal.OpSignEvent {
		return r, readTemplate(r, app, who)
	}
	if len(m.Params) < 2 {
		return nil, privyseal.E(privyseal.KindInvalid, "two parameters are needed: the other person's public key and the text", "")
	}
	peer, err := nostr.ParsePubKey(m.Params[0])
	if err != nil {
		return nil, privyseal.E(privyseal.KindInvalid, "the first parameter is not a public key", "")
	}
	r.Peer, r.Text = peer, m.Params[1]
	return r, nil
}

func readTemplate(r *privyseal.Request, app *privyseal.App, who *privyseal.Identity) error {
	if len(r.Params) == 0 {
		return privyseal.E(privyseal.KindInvalid, "the event to sign is missing", "")
	}
	t, err := nostr.ParseTemplate([]byte(r.Params[0]))
	if err != nil {
		return privyseal.E(privyseal.KindInvalid, "the event cannot be signed: "+err.Error(), "")
	}
	r.Template = t
	if t.PubKey == nil || *t.PubKey == who.PubKey {
		return nil
	}
	if *t.PubKey == app.Signer {
		return privyseal.E(privyseal.KindInvalid, "this app takes the signer's key for the person's key and would publish an invalid event; connect it with a compatible link (privyseal invite --compatible)", "")
	}
	return privyseal.E(privyseal.KindDenied, "the event names somebody else's public key", "")
}

// process weighs, decides and records, then uses the key or asks.
func (k *Keeper) process(ctx context.Context, j *job) {
	eff := k.weigh(j)
	if !k.seeFirst(ctx, j, &eff) {
		return
	}
	for try := range 3 { // a budget may be used up between the decision and its record
		d, grants, budgets := k.decide(j, &eff)
		d = k.quiet(j, k.unusual(j, &eff, d, grants))
		bulk := d.Verdict == privyseal.Ask && d.Reason == words.BulkRead
		if d.Verdict != privyseal.Allow && !bulk && try == 0 && !j.charged && k.inVain(ctx, j.e, &j.app, j.req.ID, j.req.Method) {
			return
		}
		room, again, done := true, false, func() {}
		switch {
		case bulk:
			if done, again = k.gather(ctx, j); again {
				continue // it is answered by now
			} else if done == nil {
				return
			}
		case d.Verdict == privyseal.Ask:
			if j.held = k.asked.Waiting(j.app.ID, j.req.OpHash); j.held != nil {
				break
			}
			j.place, room = k.asked.Reserve(j.app.ID, ask.SortOf(j.req.Op, eff.Kind, d.Level), j.e.at)
			done = j.place.Done
			if !room && j.req.Op.Decrypts() { // too many to be asked one by one
				k.pauseReading(j)
				continue
			}
		}
		c, err := k.record(ctx, j, &eff, d, budgets, room)
		if bulk && j.bulk != nil && (err != nil || c.question == nil || c.question.State != privyseal.QuestionOpen) {
			k.brakes.unpark(j.bulk.ID)
		}
		switch {
		case errors.Is(err, errOverBudget):
			again = true
		case err != nil:
			k.unrecorded(ctx, j, err)
		case c.open != nil: // finished first, it serves this one too
			k.resume(ctx, *c.open, privyseal.Question{}, nil)
			again = true
		default:
			k.conclude(ctx, j, d, c)
		}
		done()
		if !again {
			return
		}
	}
	k.finish(ctx, j, because(j.req.ID, j.req.Method, words.Busy), privyseal.Decision{}, false)
}

// decide looks at what is granted and at the brake on reading as one: a yes that
// comes meanwhile counts for both, or not yet for either.
func (k *Keeper) decide(j *job, eff *effect.Effect) (d privyseal.Decision, grants, budgets []privyseal.Grant) {
	if j.req.Op.Decrypts() {
		k.brakes.ruling.RLock()
		defer k.brakes.ruling.RUnlock()
	}
	in := policy.Input{Effect: *eff, App: j.app, Identity: j.who, Grants: k.grants.of(j.app.ID), Now: j.e.at}
	budgets = policy.BudgetedFor(eff, &j.app, in.Grants)
	in.Spent = k.grants.spent(budgets, j.e.at)
	return k.reads(j, k.answered(j, k.careful(j, eff, policy.Decide(in))), in.Grants), in.Grants, budgets
}

// answered looks whether the person said yes or no to this very thing lately.
func (k *Keeper) answered(j *job, d privyseal.Decision) privyseal.Decision {
	if d.Verdict != privyseal.Ask {
		return d
	}
	if q, ok := k.asked.Approved(j.app.ID, j.req.OpHash, j.e.at); ok && (q.Replaces == j.replaces || j.there) {
		return approved(d, q)
	}
	if q, ok := k.asked.Denied(j.app.ID, j.req.OpHash, j.e.at); ok {
		d = approved(d, q)
		d.Verdict, d.Reason, d.Rule.Text = privyseal.Refuse, words.SaidNo, "the person said no"
	}
	return d
}

// kind is that of an event to sign, else -1.
func (j *job) kind() int {
	if j.req.Template == nil {
		return -1
	}
	return int(j.req.Template.Kind)
}

func approved(d privyseal.Decision, q privyseal.Question) privyseal.Decision {
	return privyseal.Decision{
		Verdict: privyseal.Allow, Level: d.Level, Reason: "answered",
		Rule: privyseal.Rule{ID: "question:" + q.ID, Text: "the person said yes", Origin: q.By, Given: q.Answered},
	}
}

// conclude acts on a recorded decision.
func (k *Keeper) conclude(ctx context.Context, j *job, d privyseal.Decision, c commitment) {
	switch {
	case c.known != nil:
		if !k.repeat(ctx, j.e, j.app, *c.known) {
			k.remake(ctx, j, d)
		}
	case c.same != nil:
		k.share(ctx, j, d, *c.same)
	case c.question != nil:
		switch q := *c.question; {
		case c.asks:
			k.asked.Open(q, j.place)
			k.askAgainIfMoved(ctx, j, q)
		case over(q):
			k.serve(ctx, q) // answered before this one joined it
		}
		if q := *c.question; q.State == privyseal.QuestionOpen {
			k.summon(ctx, j, q)
		}
		k.counts.add("requests_asked", 1)
		k.log.Info("asked", "trace", j.req.Trace, "app", j.app.ID, "method", string(j.req.Method), "question", c.question.ID)
	case d.Verdict == privyseal.Allow:
		k.followedUp(j.app.ID)
		k.use(ctx, j, d)
	default:
		if d.Reason == policy.ReasonBlocked {
			k.warn(j, d)
		}
		k.finish(ctx, j, refusal(j.req.ID, j.req.Method, d), d, true)
	}
}

// unrecorded answers what could not be put on record: it is not done.
func (k *Keeper) unrecorded(ctx context.Context, j *job, err error) {
	if pe, ok := errors.AsType[*privyseal.Error](err); ok {
		k.reply(ctx, j.e, j.app.ID, failure(j.req.ID, j.req.Method, pe.Kind, pe.Msg))
		return
	}
	if ctx.Err() != nil {
		return // stopping: nothing was used, the app sends again
	}
	k.counts.add("requests_unrecordable", 1)
	k.log.Error("a decision could not be recorded", "trace", j.req.Trace, "err", err)
	k.reply(ctx, j.e, j.app.ID, failure(j.req.ID, j.req.Method, privyseal.KindBusy,
		"the signer cannot write to its disk and signs nothing without a record"))
}

// share answers a repeat of an operation with the answer it had, on record.
func (k *Keeper) share(ctx context.Context, j *job, d privyseal.Decision, w privyseal.Work) {
	r, ok := k.kept(j.app.ID, w.Answer)
	if !ok {
		k.finish(ctx, j, because(j.req.ID, j.req.Method, words.Busy), d, false)
		return
	}
	k.counts.add("requests_shared", 1)
	k.repeated(j.app.ID)
	r.ID = j.req.ID
	k.post(ctx, j.e.letter(j.app.ID, k.ears.answerRelays(j.e.relay, j.app.Relays), false), r)
	k.logAnswer(j.req.Trace, j.app.ID, r)
}

// remake answers a known event whose answer was not kept (an opened message):
// allowed again, it is used again, on record. What that costs was spent the first
// time, and nothing is asked anew.
func (k *Keeper) remake(ctx context.Context, j *job, d privyseal.Decision) {
	if d.Verdict == privyseal.Ask && d.Reason != words.BulkRead || d.Reason == words.Quiet {
		d = policy.Decide(policy.Input{
			Effect: k.weigh(j), App: j.app, Identity: j.who, Grants: k.grants.of(j.app.ID), Now: j.e.at,
		})
	}
	if d.Verdict != privyseal.Allow {
		k.reply(ctx, j.e, j.app.ID, refusal(j.req.ID, j.req.Method, d))
		return
	}
	err := k.store.Update(ctx, func(tx store.Tx) error {
		_, err := tx.AppendRecord(j.entry(privyseal.PhaseDecided, d, ""))
		return err
	})
	if err != nil {
		k.unrecorded(ctx, j, fmt.Errorf("remake: %w", err))
		return
	}
	k.use(ctx, j, d)
}
