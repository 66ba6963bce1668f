package keeper

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nostr"
)

// How long a question waits, and how long a late yes still counts (design
// decision 8).
const (
	questionFor = 2 * time.Minute
	lateYesFor  = 10 * time.Minute
	deniedFor   = time.Minute
	maxOpen     = 20 // questions of one app at the same time (T30)
)

// asked is the questions that matter now, in memory; their words are sealed in
// the store.
type asked struct {
	mu       sync.Mutex
	open     map[string]privyseal.Question
	approved map[flight]privyseal.Question
	denied   map[flight]time.Time
	watchers map[chan string]struct{}
}

func newAsked() *asked {
	return &asked{
		open: map[string]privyseal.Question{}, approved: map[flight]privyseal.Question{},
		denied: map[flight]time.Time{}, watchers: map[chan string]struct{}{},
	}
}

func (a *asked) load(r store.Reader, now time.Time) error {
	all, err := r.Questions(privyseal.QuestionUnknown)
	if err != nil {
		return err
	}
	for _, q := range all {
		switch {
		case q.State == privyseal.QuestionOpen:
			a.open[q.ID] = q
		case q.State == privyseal.QuestionApproved && now.Sub(q.Answered) < lateYesFor:
			a.approved[flight{q.App, q.OpHash}] = q
		}
	}
	return nil
}

// opened puts a question before the person.
func (a *asked) opened(q privyseal.Question) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if _, known := a.open[q.ID]; known || q.State != privyseal.QuestionOpen {
		return
	}
	a.open[q.ID] = q
	a.tell(q.ID)
}

// closed takes an answered question away.
func (a *asked) closed(q privyseal.Question, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.open, q.ID)
	switch q.State {
	case privyseal.QuestionApproved:
		a.approved[flight{q.App, q.OpHash}] = q
	case privyseal.QuestionDenied:
		a.denied[flight{q.App, q.OpHash}] = now.Add(deniedFor)
	case privyseal.QuestionOpen, privyseal.QuestionExpired, privyseal.QuestionUnknown:
	}
	a.tell(q.ID)
}

func (a *asked) tell(id string) {
	for ch := range a.watchers {
		select {
		case ch <- id:
		default: // a watcher that does not keep up lists them again
		}
	}
}

func (a *asked) watch() (ch chan string, stop func()) {
	ch = make(chan string, 256)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.watchers[ch] = struct{}{}
	return ch, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.watchers, ch)
	}
}

func (a *asked) approvedFor(app string, op [32]byte, now time.Time) (privyseal.Question, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	q, ok := a.approved[flight{app, op}]
	return q, ok && now.Sub(q.Answered) < lateYesFor
}

func (a *asked) deniedNow(app string, op [32]byte, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return now.Before(a.denied[flight{app, op}])
}

func (a *asked) openOf(app string) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, q := range a.open {
		if q.App == app {
			n++
		}
	}
	return n
}

func (a *asked) list() []privyseal.Question {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]privyseal.Question, 0, len(a.open))
	for _, q := range a.open {
		out = append(out, q)
	}
	slices.SortFunc(out, func(x, y privyseal.Question) int { return x.Asked.Compare(y.Asked) })
	return out
}

// prune forgets what no longer counts and says which open questions are over.
func (a *asked) prune(now time.Time) (over []privyseal.Question) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, q := range a.open {
		if now.After(q.Deadline) {
			over = append(over, q)
		}
	}
	for f, q := range a.approved {
		if now.Sub(q.Answered) >= lateYesFor {
			delete(a.approved, f)
		}
	}
	for f, until := range a.denied {
		if now.After(until) {
			delete(a.denied, f)
		}
	}
	return over
}

// question makes the question of a request. Its words come from the exact
// bytes the app wants signed.
func (k *Keeper) question(j *job, eff effect.Effect, d privyseal.Decision) (*privyseal.Question, error) {
	if k.asked.deniedNow(j.app.ID, j.req.OpHash, j.e.at) {
		return nil, asError(words.SaidNo)
	}
	if k.asked.openOf(j.app.ID) >= maxOpen {
		return nil, asError(words.TooMany)
	}
	prompt := words.Render(eff, j.app, j.who, j.req)
	raw, err := json.Marshal(prompt)
	if err != nil {
		return nil, err
	}
	q := &privyseal.Question{
		ID: newID(), App: j.app.ID, Identity: j.app.Identity, Event: j.req.Event, OpHash: j.req.OpHash,
		Op: j.req.Op, Kind: eff.Kind, Level: d.Level, Reason: d.Reason, WordsHash: prompt.Hash(),
		State: privyseal.QuestionOpen, Asked: j.e.at, Deadline: j.e.at.Add(questionFor),
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
		return q, privyseal.E(privyseal.KindConflict, "this question was answered already", "see: privyseal requests list")
	}
	if err != nil {
		return q, err
	}
	if grant != nil {
		k.grants.add(*grant)
	}
	q.State, q.By, q.Answered = to, by, now
	k.asked.closed(q, now)
	k.start(ctx, func() { k.serveQuestion(ctx, q) })
	return q, nil
}

// serveQuestion finishes the requests that waited for an answer.
func (k *Keeper) serveQuestion(ctx context.Context, q privyseal.Question) {
	for _, w := range k.waiting(ctx, q.ID) {
		k.resume(ctx, w, q)
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
