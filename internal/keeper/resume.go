package keeper

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/internal/keeper/ask"
	"github.com/privyseal/privyseal/internal/keeper/outbox"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"github.com/privyseal/privyseal/nostr/nip04"
)

// wake takes up what a stop or a crash left: answers owed, work decided but not
// done, questions that were open.
func (k *Keeper) wake(ctx context.Context) {
	if k.vault.Locked() {
		return // Unlock wakes again
	}
	var owed, open []privyseal.Work
	err := k.store.View(ctx, func(r store.Reader) (err error) {
		if owed, err = r.OwedWork(); err != nil {
			return err
		}
		open, err = r.OpenWork()
		return err
	})
	if err != nil {
		k.log.Error("open work could not be read", "err", err)
		return
	}
	now := k.now()
	for _, w := range owed {
		if now.Sub(w.Received) < wantedFor {
			k.start(ctx, func() { k.oweAgain(ctx, w) })
		}
	}
	served := map[string]bool{}
	for _, w := range open {
		switch w.State {
		case privyseal.WorkDecided:
			k.start(ctx, func() { k.resumeDecided(ctx, w) })
		case privyseal.WorkAsking:
			if served[w.Question] {
				continue
			}
			served[w.Question] = true
			if q, err := k.questionByID(ctx, w.Question); err == nil && over(q) {
				k.start(ctx, func() { k.serveQuestion(ctx, q) })
			}
		case privyseal.WorkAnswered, privyseal.WorkUnknown:
		}
	}
	k.unshelve(ctx)
	k.acquaint()
	k.lookAround()
}

func (k *Keeper) resumeDecided(ctx context.Context, w privyseal.Work) {
	turn, err := k.flights.enter(ctx, w.App, w.OpHash)
	if err != nil {
		return
	}
	defer turn.leave()
	if j, ok := k.reopen(w); ok {
		next, err := k.oneAtATime(ctx, &j.who, j.kind())
		if err != nil {
			return
		}
		defer next.leave()
	}
	k.resume(ctx, w, privyseal.Question{}, nil)
}

func (k *Keeper) questionByID(ctx context.Context, id string) (q privyseal.Question, err error) {
	err = k.store.View(ctx, func(r store.Reader) error {
		q, err = r.Question(id)
		return err
	})
	return q, err
}

// oweAgain sends a stored answer to the relays that have not taken it.
func (k *Keeper) oweAgain(ctx context.Context, w privyseal.Work) {
	r, ok := k.kept(w.App, w.Answer)
	if !ok {
		return // none was kept
	}
	app, _ := k.book.appByID(w.App) // one that is gone has no key
	key, err := k.key(k.book.addressOf(app))
	if err != nil {
		return
	}
	k.post(ctx, &letter{
		Answer: outbox.Answer{App: w.App, Event: w.Event, Requested: w.Received, Relays: w.Owed, Kept: true},
		client: app.Client, key: key, cipher: app.Cipher,
	}, r)
}

// reopen makes a job of stored work again.
func (k *Keeper) reopen(w privyseal.Work) (*job, bool) {
	app, ok := k.book.appByID(w.App)
	if !ok {
		return nil, false
	}
	who, ok := k.book.identity(app.Identity)
	if !ok {
		return nil, false
	}
	ev, err := eventOf(w)
	if err != nil {
		return nil, false
	}
	e := &envelope{relay: w.Relay, ev: ev, to: k.book.addressOf(app), at: k.now(), cipher: privyseal.CipherNip44}
	if nip04.Looks(ev.Content) {
		e.cipher = privyseal.CipherNip04
	}
	if e.key, err = k.key(e.to); err != nil {
		return nil, false
	}
	if e.plain, err = e.key.Decrypt(e.cipher, ev.PubKey, ev.Content); err != nil {
		return nil, false
	}
	m, _, err := nip46.ParseRequestString(e.plain)
	if err != nil {
		return nil, false
	}
	req, err := k.read(e, &app, &who, privyseal.OperationOf(m.Method), m)
	if err != nil {
		return nil, false
	}
	return &job{e: e, app: app, who: who, req: req}, true
}

// errTaken says that work was answered meanwhile.
var errTaken = errors.New("answered already")

// stillOpen is nil while work waits to be finished.
func stillOpen(tx store.Tx, app string, event nostr.ID) error {
	w, err := tx.Work(app, event)
	if errors.Is(err, store.ErrNotFound) || err == nil && w.State == privyseal.WorkAnswered {
		return errTaken
	}
	return err
}

// resume finishes work that was parked: the app's state and its grants are
// looked at once more, and the decision is recorded before the key is used.
// The caller holds the operation's turn. It answers what it sent, if that
// serves others who wait for the same; first is what an earlier one got.
func (k *Keeper) resume(ctx context.Context, w privyseal.Work, q privyseal.Question, first *response) *response {
	failpoint.Hit(failpoint.Resume)
	j, ok := k.reopen(w)
	if !ok {
		k.abandon(ctx, w)
		return first
	}
	j.parked = true
	if j.kind() == int(kindWalletOrder) && !k.open(ctx, j, privyseal.Decision{Level: q.Level}) {
		return first
	}
	d := k.decideAgain(j, w, q)
	no := k.refusedAgain(j, w, q, d)
	uses := no == nil && first == nil
	if uses && k.unrecordable() != nil {
		return first // it stays open; the recovery takes it up again
	}
	err := k.store.Update(ctx, func(tx store.Tx) error {
		if err := stillOpen(tx, w.App, w.Event); err != nil || !uses {
			return err
		}
		r := j.entry(privyseal.PhaseDecided, d, q.ID)
		r.Time = k.now()
		_, err := tx.AppendRecord(r)
		return err
	})
	switch {
	case errors.Is(err, errTaken):
		return first
	case err != nil:
		k.unrecorded(ctx, j, err)
		return first
	case no != nil:
		k.finish(ctx, j, *no, d, true)
		return first
	case first == nil:
		first = k.use(ctx, j, d)
		return first
	}
	again := *first
	again.ID = j.req.ID
	k.finish(ctx, j, again, d, true)
	return first
}

// refusedAgain is why parked work is not done after all; nil when it is.
func (k *Keeper) refusedAgain(j *job, w privyseal.Work, q privyseal.Question, d privyseal.Decision) *response {
	reason := ""
	switch {
	case d.Verdict == privyseal.Refuse:
		reason = d.Reason
	case w.Outcome == privyseal.Refused && strings.HasPrefix(w.Rule, "question:"):
		reason = words.SaidNo
	case w.Outcome == privyseal.Refused:
		reason = policy.ReasonRefused
	case q.State == privyseal.QuestionDenied:
		reason = words.SaidNo
	case q.State == privyseal.QuestionExpired:
		reason = words.NoAnswer
	case d.Verdict != privyseal.Allow: // what allowed it was taken back
		reason = policy.ReasonRefused
	case k.now().After(servedUntil(w, q)), k.now().After(loginEnd(j, k.now())):
		reason = words.Stale
	default:
		return nil
	}
	d.Reason = reason
	r := refusal(j.req.ID, j.req.Method, d)
	return &r
}

// decideAgain weighs parked work by the clock of its arrival and by what is
// granted now. What was decided before a stop has spent its budget already.
func (k *Keeper) decideAgain(j *job, w privyseal.Work, q privyseal.Question) privyseal.Decision {
	j.e.at = w.Received
	in := policy.Input{
		Effect: k.weigh(j), App: j.app, Identity: j.who,
		Grants: k.grants.of(j.app.ID), Now: w.Received,
	}
	if q.ID != "" {
		in.Spent = k.grants.spent(policy.BudgetedFor(&in.Effect, &j.app, in.Grants), w.Received)
	}
	d := policy.Decide(in)
	switch {
	case d.Verdict == privyseal.Refuse:
	case q.State == privyseal.QuestionApproved && q.Reason == words.BulkRead:
		d.Level = privyseal.L3
		return approved(d, q)
	case q.State == privyseal.QuestionApproved && q.OpHash != j.req.OpHash: // it was changed
		return privyseal.Decision{Level: d.Level, Reason: policy.ReasonRefused}
	case q.State == privyseal.QuestionApproved && q.Replaces != j.replaces:
		// The words told what another version would lose.
		return privyseal.Decision{Level: d.Level, Reason: words.Changed}
	case q.State == privyseal.QuestionApproved:
		return approved(d, q)
	case q.ID == "" && d.Verdict == privyseal.Ask && strings.HasPrefix(w.Rule, "question:"):
		// The person's yes was on record when the signer stopped.
		d.Verdict, d.Rule = privyseal.Allow, privyseal.Rule{ID: w.Rule}
	}
	return d
}

// abandon closes work that can no longer be opened: its app or key is gone.
func (k *Keeper) abandon(ctx context.Context, w privyseal.Work) {
	if k.vault.Locked() {
		return // it waits for the unlock
	}
	at := k.now()
	err := k.store.Update(ctx, func(tx store.Tx) error {
		if err := stillOpen(tx, w.App, w.Event); err != nil {
			return err
		}
		if _, err := tx.AppendRecord(privyseal.Record{
			Time: at, Phase: privyseal.PhaseDone, Trace: w.Trace, App: w.App, Event: w.Event,
			Op: w.Op, Kind: -1, What: w.OpHash, Outcome: privyseal.Failed, Detail: "abandoned",
		}); err != nil {
			return err
		}
		return tx.FinishWork(w.App, w.Event, privyseal.Failed, nil, nil, at)
	})
	switch {
	case err == nil:
		k.counts.add("requests_abandoned", 1)
	case !errors.Is(err, errTaken) && ctx.Err() == nil: // the next start takes it up
		k.log.Warn("a request that cannot be opened was not closed", "trace", w.Trace, "err", err)
	}
}

// Who closes a question when nobody answers it in time, and when its session
// ends.
const (
	nobody = "nobody"
	byEnd  = "the end of the session"
)

// over reports whether a question's answer is final.
func over(q privyseal.Question) bool {
	return q.State != privyseal.QuestionOpen && q.State != privyseal.QuestionWaiting
}

// servedUntil is until when parked work may be done.
func servedUntil(w privyseal.Work, q privyseal.Question) time.Time {
	until := w.Received.Add(ask.OpenFor + ask.LateFor)
	if late := q.Answered.Add(ask.LateFor); q.State == privyseal.QuestionApproved && late.After(until) {
		return late
	}
	return until
}

// expireQuestions closes the questions whose time is over: silence is no, and
// what waited for somebody to stop it is done.
func (k *Keeper) expireQuestions(ctx context.Context, now time.Time) {
	for _, q := range k.asked.Over(now) {
		to, by := privyseal.QuestionExpired, cmp.Or(sayer(q), nobody)
		if q.State == privyseal.QuestionWaiting {
			to = privyseal.QuestionApproved // nobody stopped it
		}
		if _, err := k.settle(ctx, q, to, by, nil); err != nil {
			k.log.Warn("a question could not be closed", "question", q.ID, "err", err)
			if privyseal.KindOf(err) == privyseal.KindConflict {
				q.State = privyseal.QuestionExpired
				k.asked.Close(q, now)
			}
		}
	}
}
