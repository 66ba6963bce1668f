package keeper

import (
	"context"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/keeper/ask"
	"github.com/privyseal/privyseal/internal/keeper/heads"
	"github.com/privyseal/privyseal/internal/store"
)

// byNewer is who closed a question that was asked anew.
const byNewer = "a newer version"

// askAnew closes the open questions about a kind whose words tell what another
// version would lose, and asks them again with what is known now. A yes is never
// taken for something else than was shown.
func (k *Keeper) askAnew(ctx context.Context, who privyseal.Identity, kind int) {
	for _, q := range k.asked.All() {
		if q.Identity != who.ID || q.Kind != kind || q.State != privyseal.QuestionOpen || !k.crew.enter() {
			continue
		}
		go func() {
			defer k.crew.leave()
			if err := k.askOneAnew(ctx, who, q); err != nil && ctx.Err() == nil {
				k.log.Warn("a question could not be asked anew", "question", q.ID, "err", err)
			}
		}()
	}
}

// askAgainIfMoved asks anew what has another version by now than the one it was
// weighed against: one that came before the question was open asked nothing anew.
func (k *Keeper) askAgainIfMoved(ctx context.Context, j *job, q privyseal.Question) {
	t := j.req.Template
	if t != nil && heads.Kept(t.Kind) && k.olderOf(&j.who, t.Kind, heads.D(t.Kind, t.Tags), k.now()).at.Event != q.Replaces {
		k.askAnew(ctx, j.who, q.Kind)
	}
}

func (k *Keeper) askOneAnew(ctx context.Context, who privyseal.Identity, old privyseal.Question) error {
	turn, err := k.flights.enter(ctx, old.App, old.OpHash)
	if err != nil {
		return err
	}
	defer turn.leave()
	next, err := k.oneAtATime(ctx, &who, old.Kind)
	if err != nil {
		return err
	}
	defer next.leave()
	works := k.waiting(ctx, old.ID)
	if len(works) == 0 {
		return nil
	}
	j, ok := k.reopen(works[0])
	if !ok {
		return nil
	}
	j.e.at = works[0].Received
	eff := k.weigh(j)
	if j.replaces == old.Replaces {
		return nil
	}
	d, _, _ := k.decide(j, &eff)
	if d.Verdict == privyseal.Refuse {
		return nil // a yes to the old one is refused, too
	}
	now := k.now()
	j.e.at = now // it is asked now
	q, err := k.question(j, eff, d)
	if err != nil {
		return err
	}
	err = k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.AnswerQuestion(old.ID, privyseal.QuestionExpired, byNewer, now, false); err != nil {
			return err
		}
		if err := tx.AskQuestion(*q); err != nil {
			return err
		}
		open, err := tx.OpenWork()
		if err != nil {
			return err
		}
		for _, w := range open {
			if w.State == privyseal.WorkAsking && w.Question == old.ID {
				if err := tx.AskWork(w.App, w.Event, q.ID); err != nil {
					return err
				}
			}
		}
		_, err = tx.AppendRecord(privyseal.Record{
			Time: now, Phase: privyseal.PhaseNote, Identity: old.Identity, App: old.App, Event: old.Event,
			Op: old.Op, Kind: old.Kind, What: old.OpHash, Level: q.Level, Question: q.ID,
			Detail: "question " + old.ID + " asked anew: what it replaces has changed",
		})
		return err
	})
	if err != nil {
		return err
	}
	old.State, old.By, old.Answered = privyseal.QuestionExpired, byNewer, now
	place, _ := k.asked.Reserve(old.App, ask.SortOf(q.Op, q.Kind, q.Level), now)
	defer place.Done()
	k.asked.Close(old, now)
	k.asked.Open(*q, place)
	k.counts.add("questions_asked_anew", 1)
	return nil
}
