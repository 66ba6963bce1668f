package keeper

import (
	"encoding/json"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/keeper/ask"
	"github.com/privyseal/privyseal/internal/vault"
	"github.com/privyseal/privyseal/internal/words"
)

// asking is what is kept of a question, sealed, until it is answered.
type asking struct {
	Prompt words.Prompt
	Target string    // whom or what a remembered answer is for: a person, host or relay
	Until  time.Time // when what is asked is worth nothing any more
}

// question makes the question of a request. Its words come from the exact
// bytes the app wants signed.
func (k *Keeper) question(j *job, eff effect.Effect, d privyseal.Decision) (*privyseal.Question, error) {
	a := asking{Prompt: k.say().Render(eff, j.app, j.who, j.req), Until: loginEnd(j, j.e.at.Add(time.Hour))}
	if scopes := eff.Scopes(); len(scopes) > 0 {
		a.Target = scopes[0]
	}
	q := &privyseal.Question{
		Event: j.req.Event, OpHash: j.req.OpHash, Kind: eff.Kind, Replaces: j.replaces,
		Deadline: loginEnd(j, j.e.at.Add(ask.OpenFor)),
	}
	return q, k.seal(j, d, q, a)
}

// seal fills in what all questions have.
func (k *Keeper) seal(j *job, d privyseal.Decision, q *privyseal.Question, a asking) error {
	raw, err := json.Marshal(a)
	if err != nil {
		return err
	}
	q.ID, q.App, q.Identity, q.Op = newID(), j.app.ID, j.app.Identity, j.req.Op
	q.Level, q.Reason, q.WordsHash = d.Level, d.Reason, a.Prompt.Hash()
	q.State, q.Asked = privyseal.QuestionOpen, j.e.at
	q.Words, err = k.vault.Seal(vault.PurposeWords, q.ID, 1, raw)
	return err
}

// unseal opens a question's words and checks that they are those shown first.
func (k *Keeper) unseal(q privyseal.Question) (a asking, err error) {
	if q.Words == nil {
		return a, privyseal.E(privyseal.KindNotFound, "the words of this question are no longer kept", "")
	}
	raw, err := k.vault.Open(vault.PurposeWords, q.ID, 1, q.Words)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(raw, &a); err != nil {
		return a, err
	}
	if a.Prompt.Hash() != q.WordsHash {
		return a, privyseal.E(privyseal.KindInvalid, "the words of this question were changed", "deny it")
	}
	return a, nil
}

// How old a login may be when it is signed (words.md: 22242, 27235).
const (
	relayLoginFor = 10 * time.Minute
	webLoginFor   = time.Minute
)

// loginEnd is until when a request is worth a yes: a login that is too old is
// not taken by anybody.
func loginEnd(j *job, end time.Time) time.Time {
	if j.req.Template == nil {
		return end
	}
	until := end
	switch j.req.Template.Kind {
	case 22242:
		until = time.Unix(j.req.Template.CreatedAt, 0).Add(relayLoginFor)
	case 27235:
		until = time.Unix(j.req.Template.CreatedAt, 0).Add(webLoginFor)
	}
	if until.Before(end) {
		return until
	}
	return end
}
