package keeper

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/keeper/ask"
	"github.com/privyseal/privyseal/internal/keeper/brake"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
)

// How much a yes to reading in bulk allows, and how many requests wait for it.
const (
	bulkFor   = time.Hour
	bulkTexts = 5000
	maxParked = 500
)

// readingKey is what the reading brake counts by: consent to one method says
// nothing of the other (T35).
func readingKey(app string, op privyseal.Operation) string { return app + " " + op.String() }

// readingApp is the app that a key of the reading brake names.
func readingApp(key string) string { return key[:strings.LastIndexByte(key, ' ')] }

// bulkHash names the one question about an app's reading, in the place of an
// operation's hash.
func bulkHash(op privyseal.Operation) [32]byte {
	return sha256.Sum256([]byte(words.BulkRead + " " + op.String()))
}

// reads brakes an app that opens private texts in bulk (T33, T36, R48): all of
// them wait for one question.
func (k *Keeper) reads(j *job, d privyseal.Decision, grants []privyseal.Grant) privyseal.Decision {
	if !j.req.Op.Decrypts() || d.Verdict == privyseal.Refuse || strings.HasPrefix(d.Rule.ID, "question:") {
		return d
	}
	key := readingKey(j.app.ID, j.req.Op)
	_, was := k.brakes.reading.Braked(key)
	if !k.brakes.reading.Opens(key, j.person, j.req.OpHash, consent(d, grants), j.e.at) {
		return d
	}
	if !was {
		k.tripped("apps_reading_braked", &j.app, "reading in bulk paused", j.e.at)
	}
	d.Level = privyseal.L3
	return braked(d, privyseal.Ask, words.BulkRead)
}

// pauseReading brakes an app that has no room left for its questions: what it
// wants to read becomes one question.
func (k *Keeper) pauseReading(j *job) {
	if k.brakes.reading.Brake(readingKey(j.app.ID, j.req.Op)) {
		k.tripped("apps_reading_braked", &j.app, "reading in bulk paused", j.e.at)
	}
}

// consent is how far what allows a text goes: a person or a number named is
// consent to as much, and a person asked is none.
func consent(d privyseal.Decision, grants []privyseal.Grant) brake.Consent {
	if d.Verdict != privyseal.Allow {
		return brake.ConsentNone
	}
	id, isGrant := strings.CutPrefix(d.Rule.ID, "grant:")
	person := isGrant && slices.ContainsFunc(grants, func(g privyseal.Grant) bool { return g.ID == id && g.Permission.Target != "" })
	if person || len(d.Spend) > 0 {
		return brake.ConsentNamed
	}
	return brake.ConsentOpen
}

// gather takes the turn of the app's one question about reading. Without leave
// the request was answered: too many wait already. It says again when the
// question was answered meanwhile, so that it is decided anew.
func (k *Keeper) gather(ctx context.Context, j *job) (leave func(), again bool) {
	turn, err := k.flights.enter(ctx, j.app.ID, bulkHash(j.req.Op))
	if err != nil {
		return nil, false
	}
	leave = turn.leave
	j.bulk = nil
	for _, q := range k.asked.All() {
		if q.App == j.app.ID && q.Op == j.req.Op && q.Reason == words.BulkRead {
			j.bulk = &q
		}
	}
	if _, braked := k.brakes.reading.Braked(readingKey(j.app.ID, j.req.Op)); !braked && j.bulk == nil {
		leave()
		return nil, true
	}
	if j.bulk != nil && !k.brakes.park(j.bulk.ID) {
		leave()
		k.reply(ctx, j.e, j.app.ID, because(j.req.ID, j.req.Method, words.TooMany))
		return nil, false
	}
	if j.bulk != nil {
		k.asked.Moved(j.bulk.ID)
	}
	return leave, false
}

// park keeps a place for one more request that waits for a question.
func (b *brakes) park(question string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.parked[question] >= maxParked {
		return false
	}
	b.parked[question]++
	return true
}

// unpark gives the place back of a request that does not wait after all.
func (b *brakes) unpark(question string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.parked[question]--; b.parked[question] <= 0 {
		delete(b.parked, question)
	}
}

// bulkQuestion makes the one question about an app's reading.
func (k *Keeper) bulkQuestion(j *job, d privyseal.Decision) (*privyseal.Question, error) {
	q := &privyseal.Question{Event: j.req.Event, OpHash: bulkHash(j.req.Op), Kind: -1, Deadline: j.e.at.Add(ask.OpenFor)}
	return q, k.seal(j, d, q, asking{Prompt: k.say().BulkPrompt(j.app, j.who)})
}

// bulkGrant is what an answer to that question leaves behind: an hour of
// reading, or none until the app is resumed.
func (k *Keeper) bulkGrant(q privyseal.Question, v privyseal.Verdict) *privyseal.Grant {
	now := k.now()
	g := &privyseal.Grant{
		ID: newID(), App: q.App, Verdict: v, Given: now, Origin: brakedBy,
		Permission: nip46.Permission{Method: q.Op.Method()},
	}
	if v == privyseal.Allow {
		g.Until = now.Add(bulkFor)
		g.Permission.Budget = nip46.Budget{N: bulkTexts, Per: bulkFor}
	}
	return g
}

// bulkOver ends the pause once its question is answered, before the question
// is taken away: who waits for its turn is decided anew. Silence keeps the app
// quiet for a while.
func (k *Keeper) bulkOver(q privyseal.Question) {
	if q.Reason != words.BulkRead {
		return
	}
	if q.State == privyseal.QuestionExpired {
		k.brakes.refusals.Tired(q.App, k.now())
	}
	k.brakes.reading.Clear(readingKey(q.App, q.Op))
	k.brakes.mu.Lock()
	delete(k.brakes.parked, q.ID)
	k.brakes.mu.Unlock()
}

// bulkClosed gives what was asked one by one before the same answer.
func (k *Keeper) bulkClosed(ctx context.Context, q privyseal.Question) {
	if q.Reason != words.BulkRead || q.State != privyseal.QuestionApproved && q.State != privyseal.QuestionDenied {
		return
	}
	for _, open := range k.asked.All() {
		if open.App != q.App || open.Op != q.Op {
			continue
		}
		if _, err := k.settle(ctx, open, q.State, brakedBy, nil); err != nil {
			k.log.Warn("a question could not be closed", "question", open.ID, "err", err)
		}
	}
}

// serveBulk finishes the requests that waited for the one question, each for
// itself, those of one operation together.
func (k *Keeper) serveBulk(ctx context.Context, q privyseal.Question) {
	turn, err := k.flights.enter(ctx, q.App, q.OpHash)
	if err != nil {
		return
	}
	works := k.waiting(ctx, q.ID)
	turn.leave()
	byOp := map[[32]byte][]privyseal.Work{}
	for _, w := range works {
		byOp[w.OpHash] = append(byOp[w.OpHash], w)
	}
	for op, same := range byOp {
		k.start(ctx, func() {
			turn, err := k.flights.enter(ctx, q.App, op)
			if err != nil {
				return
			}
			defer turn.leave()
			var first *response
			for _, w := range same {
				first = k.resume(ctx, w, q, first)
			}
		})
	}
}

// stoppedReading reports whether reading is paused or stopped for an app.
func (k *Keeper) stoppedReading(app string) bool {
	for _, op := range []privyseal.Operation{privyseal.OpNip44Decrypt, privyseal.OpNip04Decrypt} {
		if _, braked := k.brakes.reading.Braked(readingKey(app, op)); braked {
			return true
		}
	}
	return slices.ContainsFunc(k.grants.of(app), stops)
}

// stops reports a grant by which a brake refuses.
func stops(g privyseal.Grant) bool { return g.Origin == brakedBy && g.Verdict == privyseal.Refuse }

// letRead takes back a brake's stop.
func (k *Keeper) letRead(ctx context.Context, app privyseal.App) error {
	k.brakes.reading.Clear(readingKey(app.ID, privyseal.OpNip44Decrypt))
	k.brakes.reading.Clear(readingKey(app.ID, privyseal.OpNip04Decrypt))
	grants := k.grants.of(app.ID)
	if !slices.ContainsFunc(grants, stops) {
		return nil
	}
	err := k.store.Update(ctx, func(tx store.Tx) error {
		for _, g := range grants {
			if !stops(g) {
				continue
			}
			if err := tx.DeleteGrant(g.App, g.ID); err != nil {
				return err
			}
		}
		return note(tx, privyseal.Record{
			Time: k.now(), Identity: app.Identity, App: app.ID, Client: app.Client, Detail: "brake: may read again " + by(ctx),
		})
	})
	if err == nil {
		k.grants.set(app.ID, slices.DeleteFunc(slices.Clone(grants), stops))
	}
	return err
}
