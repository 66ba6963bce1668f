package keeper

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nostr"
)

// question makes the question of a request. Its words come from the exact
// bytes the app wants signed.
func (k *Keeper) question(j *job, eff effect.Effect, d privyseal.Decision) (*privyseal.Question, error) {
	prompt := words.Render(eff, j.app, j.who, j.req)
	raw, err := json.Marshal(prompt)
	if err != nil {
		return nil, err
	}
	q := &privyseal.Question{
		ID: newID(), App: j.app.ID, Identity: j.app.Identity, Event: j.req.Event, OpHash: j.req.OpHash,
		Op: j.req.Op, Kind: eff.Kind, Level: d.Level, Reason: d.Reason, WordsHash: prompt.Hash(),
		State: privyseal.QuestionOpen, Asked: j.e.at, Deadline: j.e.at.Add(questionFor), Replaces: j.replaces,
	}
	if q.Words, err = k.vault.Seal(vault.PurposeWords, q.ID, 1, raw); err != nil {
		return nil, err
	}
	return q, nil
}

// asError is a reason of words as an error.
func asError(reason string) error {
	kind, text := words.Refusal(privyseal.Decision{Reason: reason})
	return privyseal.E(kind, text, "")
}

// prompt opens a question's words and checks that they are those shown first.
func (k *Keeper) prompt(q privyseal.Question) (words.Prompt, error) {
	var p words.Prompt
	raw, err := k.vault.Open(vault.PurposeWords, q.ID, 1, q.Words)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, err
	}
	if p.Hash() != q.WordsHash {
		return p, privyseal.E(privyseal.KindInvalid, "the words of this question were changed", "deny it")
	}
	return p, nil
}

// settle records an answer and serves, or refuses, every request that waits
// for it.
func (k *Keeper) settle(ctx context.Context, q privyseal.Question, to privyseal.QuestionState, by string, grant *privyseal.Grant) (privyseal.Question, error) {
	now := k.now()
	late := to == privyseal.QuestionApproved && now.Sub(q.Asked) < questionFor+lateYesFor
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
		if q.State == privyseal.QuestionExpired {
			return q, privyseal.E(privyseal.KindExpired, "this question is over; nobody answered in time", "let the app ask again")
		}
		return q, privyseal.E(privyseal.KindConflict, "this question was answered already", "see: privyseal requests list")
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
	k.asked.closed(q, q.Answered)
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
	release, err := k.flights.enter(ctx, q.App, q.OpHash)
	if err != nil {
		return
	}
	defer release()
	who, _ := k.book.identity(q.Identity)
	next, err := k.oneAtATime(ctx, &who, q.Kind)
	if err != nil {
		return
	}
	defer next()
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

// eventOf reads a stored request event back.
func eventOf(w privyseal.Work) (*nostr.Event, error) { return nostr.ParseEvent(w.Sealed) }
