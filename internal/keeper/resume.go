package keeper

import (
	"context"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
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
	for _, w := range open {
		switch w.State {
		case privyseal.WorkDecided:
			k.start(ctx, func() { k.resume(ctx, w, privyseal.Question{}) })
		case privyseal.WorkAsking:
			if q, err := k.questionByID(ctx, w.Question); err == nil && q.State != privyseal.QuestionOpen {
				k.start(ctx, func() { k.resume(ctx, w, q) })
			}
		case privyseal.WorkAnswered, privyseal.WorkUnknown:
		}
	}
	k.unshelve(ctx)
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
	app, ok := k.book.appByID(w.App)
	if !ok || w.Answer == nil {
		return
	}
	r, ok := k.kept(w.App, w.Answer)
	if !ok {
		return
	}
	key, err := k.key(k.book.addressOf(app))
	if err != nil {
		return
	}
	k.post(ctx, letter{
		app: w.App, event: w.Event, client: app.Client, key: key, cipher: app.Cipher,
		requested: w.Received, relays: w.Owed, kept: true,
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
	e := &envelope{relay: w.Relay, raw: w.Sealed, ev: ev, to: k.book.addressOf(app), at: k.now(), cipher: privyseal.CipherNip44}
	if nip04.Looks(ev.Content) {
		e.cipher = privyseal.CipherNip04
	}
	if e.key, err = k.key(e.to); err != nil {
		return nil, false
	}
	if e.plain, err = e.key.Decrypt(e.cipher, ev.PubKey, ev.Content); err != nil {
		return nil, false
	}
	m, _, err := nip46.ParseRequest([]byte(e.plain))
	if err != nil {
		return nil, false
	}
	req, err := k.read(e, &app, &who, privyseal.OperationOf(m.Method), m)
	if err != nil {
		return nil, false
	}
	return &job{e: e, app: app, who: who, req: req}, true
}

// resume finishes work that was parked: the app's state and its grants are
// looked at once more, and the decision is recorded before the key is used.
func (k *Keeper) resume(ctx context.Context, w privyseal.Work, q privyseal.Question) {
	j, ok := k.reopen(w)
	if !ok {
		k.abandon(w)
		return
	}
	d := k.decideAgain(j, w, q)
	end := func(reason string) { k.finish(ctx, j, because(j.req.ID, j.req.Method, reason), d, true) }
	switch {
	case d.Verdict == privyseal.Refuse:
		k.finish(ctx, j, refusal(j.req.ID, j.req.Method, d), d, true)
		return
	case q.State == privyseal.QuestionDenied:
		end(words.SaidNo)
		return
	case q.State == privyseal.QuestionExpired:
		end(words.NoAnswer)
		return
	case d.Verdict != privyseal.Allow: // what allowed it was taken back
		end(policy.ReasonRefused)
		return
	case k.now().Sub(w.Received) > questionFor+lateYesFor:
		end(words.Stale)
		return
	}
	err := k.store.Update(ctx, func(tx store.Tx) error {
		r := j.entry(privyseal.PhaseDecided, d, q.ID)
		r.Time = k.now()
		_, err := tx.AppendRecord(r)
		return err
	})
	if err != nil {
		k.unrecorded(ctx, j, err)
		return
	}
	k.use(ctx, j, d)
}

// decideAgain weighs parked work by the clock of its arrival and by what is
// granted now.
func (k *Keeper) decideAgain(j *job, w privyseal.Work, q privyseal.Question) privyseal.Decision {
	j.e.at = w.Received
	d := policy.Decide(policy.Input{
		Effect: k.weigh(j), App: j.app, Identity: j.who,
		Grants: k.grants.of(j.app.ID), Now: w.Received,
	})
	switch {
	case d.Verdict != privyseal.Ask:
	case q.State == privyseal.QuestionApproved && q.OpHash == j.req.OpHash:
		return approved(d, q)
	case q.ID == "" && strings.HasPrefix(w.Rule, "question:"):
		// The person's yes was on record when the signer stopped.
		d.Verdict, d.Rule = privyseal.Allow, privyseal.Rule{ID: w.Rule}
	}
	return d
}

// abandon closes work that can no longer be opened: its app or key is gone.
func (k *Keeper) abandon(w privyseal.Work) {
	if k.vault.Locked() {
		return // it waits for the unlock
	}
	k.counts.add("requests_abandoned", 1)
	at := k.now()
	k.store.Later(func(tx store.Tx) error {
		if _, err := tx.AppendRecord(privyseal.Record{
			Time: at, Phase: privyseal.PhaseDone, Trace: w.Trace, App: w.App, Event: w.Event,
			Op: w.Op, Kind: -1, What: w.OpHash, Outcome: privyseal.Failed, Detail: "abandoned",
		}); err != nil {
			return err
		}
		return tx.FinishWork(w.App, w.Event, privyseal.Failed, nil, nil, at)
	})
}

// expireQuestions closes the questions nobody answered in time: silence is no.
func (k *Keeper) expireQuestions(ctx context.Context, now time.Time) {
	for _, q := range k.asked.prune(now) {
		if _, err := k.settle(ctx, q, privyseal.QuestionExpired, "nobody", nil); err != nil {
			k.log.Warn("a question could not be closed", "question", q.ID, "err", err)
			if privyseal.KindOf(err) == privyseal.KindConflict {
				q.State = privyseal.QuestionExpired
				k.asked.closed(q, now)
			}
		}
	}
}
