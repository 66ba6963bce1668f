package keeper

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/keeper/ask"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
)

// asError is a reason of words as an error.
func asError(reason string) error {
	kind, text := words.Refusal(privyseal.Decision{Reason: reason})
	return privyseal.E(kind, text, "")
}

// settle records an answer and serves, or refuses, every request that waits
// for it.
func (k *Keeper) settle(ctx context.Context, q privyseal.Question, to privyseal.QuestionState, by string, grant *privyseal.Grant) (privyseal.Question, error) {
	return k.settleAt(ctx, k.now(), q, to, by, grant)
}

func (k *Keeper) settleAt(ctx context.Context, now time.Time, q privyseal.Question, to privyseal.QuestionState, by string, grant *privyseal.Grant) (privyseal.Question, error) {
	late := to == privyseal.QuestionApproved && lateYes(q, now)
	err := k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.AnswerQuestion(q.ID, to, by, now, late); err != nil {
			return err
		}
		if grant != nil {
			if err := tx.PutGrant(*grant); err != nil {
				return err
			}
		}
		_, err := tx.AppendRecord(privyseal.Record{
			Time: now, Phase: privyseal.PhaseNote, Identity: q.Identity, App: q.App, Event: q.Event,
			Op: q.Op, Kind: q.Kind, What: q.OpHash, Level: q.Level, Question: q.ID,
			Detail: "question " + to.String() + " by " + by,
		})
		return err
	})
	if errors.Is(err, store.ErrConflict) {
		return q, overAlready(q)
	}
	if err != nil {
		return q, err
	}
	q.State, q.By, q.Answered = to, by, now
	k.inForce(q, grant)
	k.bulkClosed(ctx, q)
	k.serve(ctx, q)
	return q, nil
}

// inForce has an answer count for every request that is decided from now on.
func (k *Keeper) inForce(q privyseal.Question, grant *privyseal.Grant) {
	k.brakes.ruling.Lock()
	defer k.brakes.ruling.Unlock()
	if grant != nil {
		k.grants.add(*grant)
	}
	k.bulkOver(q)
	k.asked.Close(q, q.Answered)
}

// lateYes reports whether a yes to a question that is over still counts.
func lateYes(q privyseal.Question, now time.Time) bool {
	return now.Sub(q.Asked) < ask.OpenFor+ask.LateFor
}

// serve begins to finish the requests that waited for an answer; without a
// running keeper the next start does.
func (k *Keeper) serve(ctx context.Context, q privyseal.Question) {
	if !k.crew.enter() {
		return
	}
	go func() {
		defer k.crew.leave()
		k.serveQuestion(context.WithoutCancel(ctx), q)
	}()
}

// serveQuestion finishes the requests that waited for an answer. They are one
// operation, asked for once or more: what the first gets, all get. Its turn
// begins before they are gathered, so that none joins behind its back.
func (k *Keeper) serveQuestion(ctx context.Context, q privyseal.Question) {
	if q.Reason == words.BulkRead {
		k.serveBulk(ctx, q)
		return
	}
	turn, err := k.flights.enter(ctx, q.App, q.OpHash)
	if err != nil {
		return
	}
	defer turn.leave()
	who, _ := k.book.identity(q.Identity)
	next, err := k.oneAtATime(ctx, &who, q.Kind)
	if err != nil {
		return
	}
	defer next.leave()
	var first *response
	for _, w := range k.waiting(ctx, q.ID) {
		first = k.resume(ctx, w, q, first)
	}
}

func (k *Keeper) waiting(ctx context.Context, question string) []privyseal.Work {
	var out []privyseal.Work
	err := k.store.View(ctx, func(r store.Reader) error {
		open, err := r.OpenWork()
		if err != nil {
			return err
		}
		for _, w := range open {
			if w.State == privyseal.WorkAsking && w.Question == question {
				out = append(out, w)
			}
		}
		return nil
	})
	if err != nil && ctx.Err() == nil {
		k.log.Error("open work could not be read", "err", err)
	}
	return out
}

func newID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}
