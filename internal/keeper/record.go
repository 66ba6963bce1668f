package keeper

import (
	"context"
	"errors"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
)

var errOverBudget = errors.New("budget used up meanwhile")

// commitment is what the commit of a decision found and made.
type commitment struct {
	known    *privyseal.Work // this event was here before
	same     *privyseal.Work // this operation was: its answer serves
	open     *privyseal.Work // this operation is decided but not done: a crash left it
	question *privyseal.Question
	asks     bool // the question is new; else this one joined it
}

// record commits the decision with all that it spends: at most one effect per
// event and operation, budgets never overdrawn, a question never lost.
func (k *Keeper) record(ctx context.Context, j *job, eff *effect.Effect, d privyseal.Decision, budgets []privyseal.Grant, room bool) (commitment, error) {
	var q *privyseal.Question
	if d.Verdict == privyseal.Ask {
		var err error
		switch {
		case j.held != nil:
			q = j.held
		case d.Reason != words.BulkRead:
			q, err = k.question(j, *eff, d)
		case j.bulk != nil:
			q = j.bulk
		default:
			q, err = k.bulkQuestion(j, d)
		}
		if err != nil {
			return commitment{}, err
		}
	}
	var c commitment
	if j.req.Op.Decrypts() && k.reading.many(j.app.ID) {
		ctx = store.Bulk(ctx)
	}
	failpoint.Hit(failpoint.Recording)
	began := k.now()
	err := k.store.Update(ctx, func(tx store.Tx) error {
		c = commitment{}
		w, err := tx.Work(j.app.ID, j.req.Event)
		if err == nil {
			c.known = copied(w)
			return nil
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		w, err = tx.WorkByOp(j.app.ID, j.req.OpHash, j.e.at)
		if err == nil && (d.Verdict != privyseal.Refuse || d.Reason == words.Quiet) { // a repeat asks nothing anew
			switch {
			case w.State == privyseal.WorkAsking:
				return k.joinQuestion(tx, j, d, w, &c)
			case shared(w):
				c.same = copied(w)
				return nil
			case w.State == privyseal.WorkDecided && !encrypts(w.Op):
				c.open = copied(w)
				return nil
			}
		} else if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := k.spend(tx, j, d, budgets); err != nil {
			return err
		}
		work := j.work(d)
		if d.Verdict == privyseal.Refuse {
			work.Outcome = privyseal.Refused // a stop must not turn this into a yes
		}
		if q != nil {
			if !room {
				return asError(words.TooMany)
			}
			if q != j.bulk && q != j.held {
				err = tx.AskQuestion(*q)
				c.question, c.asks = q, true
			} else {
				var now privyseal.Question // it may be answered by now
				now, err = tx.Question(q.ID)
				c.question = &now
			}
			if err != nil {
				return err
			}
			work.State, work.Question = privyseal.WorkAsking, q.ID
		}
		if err := tx.AddWork(work); err != nil {
			return err
		}
		_, err = tx.AppendRecord(j.entry(privyseal.PhaseDecided, d, work.Question))
		return err
	})
	if err == nil && j.req.Op.Decrypts() {
		k.company.committed(k.now().Sub(began))
	}
	failpoint.Hit(failpoint.Recorded)
	if err == nil {
		k.noteSpent(j, d, budgets, c)
	}
	return c, err
}

// copied spares the requests that find no earlier work the memory for one.
func copied(w privyseal.Work) *privyseal.Work { return &w }

// shared reports whether an answer serves a repeat of its operation under
// another id. Encryption is done anew: equal ciphertexts would tell that two
// messages are equal.
func shared(w privyseal.Work) bool {
	return w.State == privyseal.WorkAnswered && w.Outcome == privyseal.Allowed && w.Answer != nil && !encrypts(w.Op)
}

func encrypts(op privyseal.Operation) bool {
	return op == privyseal.OpNip44Encrypt || op == privyseal.OpNip04Encrypt
}

// joinQuestion lets a repeat of an operation wait for the question that is open.
func (k *Keeper) joinQuestion(tx store.Tx, j *job, d privyseal.Decision, w privyseal.Work, c *commitment) error {
	q, err := tx.Question(w.Question)
	if err != nil {
		return err
	}
	c.question = &q
	d.Verdict = privyseal.Ask // nothing is spent for it: only the person's answer allows it
	work := j.work(d)
	work.State, work.Question = privyseal.WorkAsking, q.ID
	if err := tx.AddWork(work); err != nil {
		return err
	}
	_, err = tx.AppendRecord(j.entry(privyseal.PhaseDecided, d, q.ID))
	return err
}

func (k *Keeper) spend(tx store.Tx, j *job, d privyseal.Decision, budgets []privyseal.Grant) error {
	if d.Verdict != privyseal.Allow {
		return nil
	}
	for _, g := range spends(d, budgets) {
		window, n := policy.Window(g, j.e.at), g.Permission.Budget.N
		err := tx.Spend(g.ID, window, n)
		if errors.Is(err, store.ErrSpent) {
			k.grants.note(g.ID, window, n)
			return errOverBudget
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func spends(d privyseal.Decision, budgets []privyseal.Grant) []privyseal.Grant {
	var out []privyseal.Grant
	for _, b := range budgets {
		for _, id := range d.Spend {
			if b.ID == id {
				out = append(out, b)
			}
		}
	}
	return out
}

// noteSpent mirrors in memory what the store has counted: nothing for a repeat,
// nor for one that joined a question.
func (k *Keeper) noteSpent(j *job, d privyseal.Decision, budgets []privyseal.Grant, c commitment) {
	if d.Verdict != privyseal.Allow || c.known != nil || c.same != nil || c.open != nil || c.question != nil {
		return
	}
	for _, g := range spends(d, budgets) {
		k.grants.count(g.ID, policy.Window(g, j.e.at), g.Permission.Budget.N)
	}
}

func (j *job) work(d privyseal.Decision) privyseal.Work {
	return privyseal.Work{
		App: j.app.ID, Event: j.req.Event, OpHash: j.req.OpHash, Op: j.req.Op,
		State: privyseal.WorkDecided, Relay: j.e.relay, Trace: j.req.Trace, Rule: d.Rule.ID,
		Sealed: keptRequest(j.e.ev), Received: j.e.at,
	}
}

func (j *job) entry(p privyseal.Phase, d privyseal.Decision, question string) privyseal.Record {
	return privyseal.Record{
		Time: j.e.at, Phase: p, Trace: j.req.Trace, Identity: j.app.Identity, App: j.app.ID,
		Client: j.app.Client, Event: j.req.Event, Op: j.req.Op, Kind: j.kind(), What: j.req.OpHash,
		Verdict: d.Verdict, Level: d.Level, Rule: d.Rule.ID, Given: d.Rule.Given,
		Question: question, Detail: d.Reason,
	}
}
