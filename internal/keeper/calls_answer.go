package keeper

import (
	"cmp"
	"context"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/access"
	"github.com/privyseal/privyseal/internal/keeper/ask"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// maxRemember is the longest an answer may be remembered; there is no "forever".
const maxRemember = 30 * 24 * time.Hour

func (k *Keeper) approve(ctx context.Context, a control.AnswerArgs) (control.QuestionInfo, error) {
	if k.vault.Locked() {
		return control.QuestionInfo{}, privyseal.E(privyseal.KindLocked, "the vault is locked", "unlock it with: privyseal unlock")
	}
	if err := k.unrecordable(); err != nil {
		return control.QuestionInfo{}, err
	}
	return k.answer(ctx, a, privyseal.QuestionApproved)
}

func (k *Keeper) deny(ctx context.Context, a control.AnswerArgs) (control.QuestionInfo, error) {
	if a.Count != 0 {
		return control.QuestionInfo{}, privyseal.E(privyseal.KindInvalid, "a no has no number", "answer without --count")
	}
	return k.answer(ctx, a, privyseal.QuestionDenied)
}

// answer gives every question of a card the same answer. Of a group, what
// somebody else answered meanwhile stays as it is.
func (k *Keeper) answer(ctx context.Context, a control.AnswerArgs, to privyseal.QuestionState) (control.QuestionInfo, error) {
	a.By = cmp.Or(a.By, access.CommandLine)
	ctx = context.WithoutCancel(ctx)
	k.answers.Lock()
	defer k.answers.Unlock()
	c, err := k.findCard(ctx, a.ID)
	if err != nil {
		return control.QuestionInfo{}, err
	}
	if q := c.Questions[0]; over(q) && (q.State != privyseal.QuestionExpired || to != privyseal.QuestionApproved || q.By == byNewer) {
		return control.QuestionInfo{}, overAlready(q)
	}
	info := k.cardInfo(c)
	if a.Words != "" && a.Words != info.Words {
		return info, privyseal.E(privyseal.KindConflict, "this question has changed since it was shown", "look at it again: privyseal requests list")
	}
	grants := make([]*privyseal.Grant, len(c.Questions))
	scopes := map[string]bool{} // one grant for each
	for i, q := range c.Questions {
		g, err := k.remember(q, a, to)
		if err != nil {
			return info, err
		}
		if g != nil && !scopes[g.Permission.String()] {
			scopes[g.Permission.String()], grants[i] = true, g
		}
	}
	if to == privyseal.QuestionApproved {
		if err := k.mayYes(c, info, a); err != nil {
			return info, err
		}
	}
	var last *privyseal.Question
	now := k.instants.next(k.now())
	for i, q := range c.Questions {
		done, aerr := k.answerOne(ctx, now, q, to, a.By, grants[i])
		if aerr != nil {
			err = aerr
			continue
		}
		last = &done
	}
	if last == nil {
		return info, err
	}
	if over(*last) {
		k.judged(ctx, *last) // a group is one answer
	}
	info.State, info.By, info.Deadline = last.State.String(), last.By, last.Deadline
	return info, nil
}

// instants are the times of what a person does. The store keeps milliseconds, and
// no two acts have the same: what was answered as one is known by it, and what was
// answered before an app was let go on. The zero value is ready.
type instants struct {
	mu   sync.Mutex
	last time.Time
}

// next is now, or right after the act before.
func (i *instants) next(now time.Time) time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	now = now.Truncate(time.Millisecond)
	if early := i.last.Sub(now); early >= 0 && early < 100*time.Millisecond {
		now = i.last.Add(time.Millisecond)
	}
	i.last = now
	return now
}

// mayYes refuses a yes to what is serious and was not shown, or not long enough
// to be read, and one without the number it needs.
func (k *Keeper) mayYes(c ask.Card, info control.QuestionInfo, a control.AnswerArgs) error {
	at, shown := k.asked.Ready(c.Questions[0]) // what is serious stands alone
	switch {
	case !shown:
		return privyseal.E(privyseal.KindConflict, k.say().NotShown(), "look at it first: privyseal requests show "+c.ID)
	case k.now().Before(at):
		return privyseal.E(privyseal.KindConflict, k.say().TooSoon(ask.SeriousAfter), "read it, then say yes once more")
	case info.Type != "" && digits(a.Typed) != digits(info.Type):
		return privyseal.E(privyseal.KindInvalid, k.say().MustType(info.Type), "look at it again: privyseal requests show "+c.ID)
	}
	return nil
}

func (k *Keeper) answerOne(ctx context.Context, now time.Time, q privyseal.Question, to privyseal.QuestionState, by string, g *privyseal.Grant) (privyseal.Question, error) {
	if q.Reason == words.BulkRead {
		verdict := privyseal.Refuse
		if to == privyseal.QuestionApproved {
			verdict = privyseal.Allow
		}
		g = k.bulkGrant(q, verdict)
	}
	if to == privyseal.QuestionApproved {
		return k.yes(ctx, now, q, by, g)
	}
	return k.settleAt(ctx, now, q, to, by, g)
}

// yes takes a yes to one question, bound to the words that were shown.
func (k *Keeper) yes(ctx context.Context, now time.Time, q privyseal.Question, by string, g *privyseal.Grant) (privyseal.Question, error) {
	kept, err := k.unseal(q)
	if err != nil {
		return q, err
	}
	if !kept.Until.IsZero() && now.After(kept.Until) {
		return q, privyseal.E(privyseal.KindExpired, "this login is too old by now", "let the app ask again")
	}
	if q.State == privyseal.QuestionExpired && !lateYes(q, now) {
		return q, overAlready(q)
	}
	if q.State == privyseal.QuestionWaiting {
		return q, privyseal.E(privyseal.KindConflict, "this has a yes already, and is done at "+q.Deadline.Format(time.RFC3339)+" unless somebody stops it", "to stop it: privyseal requests deny "+q.ID)
	}
	if held, yet, err := k.hold(ctx, now, q, by); yet || err != nil {
		return held, err
	}
	if first := sayer(q); first != "" {
		by = first + ", " + by
	}
	return k.settleAt(ctx, now, q, privyseal.QuestionApproved, by, g)
}

// overAlready says why a question takes no answer any more.
func overAlready(q privyseal.Question) error {
	if q.By == byNewer {
		return privyseal.E(privyseal.KindConflict, "what this would replace has changed, and it was asked anew", "see: privyseal requests list")
	}
	if q.State == privyseal.QuestionExpired {
		return privyseal.E(privyseal.KindExpired, "this question is over; nobody answered in time", "let the app ask again")
	}
	return privyseal.E(privyseal.KindConflict, "this question was answered already", "see: privyseal requests list")
}

// remember is the grant an answer leaves behind; nil for just this time. It is
// for the same operation and kind, and for the same person, host or relay.
func (k *Keeper) remember(q privyseal.Question, a control.AnswerArgs, to privyseal.QuestionState) (*privyseal.Grant, error) {
	if a.Remember == "" {
		if a.Count != 0 {
			return nil, privyseal.E(privyseal.KindInvalid, "--count goes with --remember", "for example: --remember 1h --count 20")
		}
		return nil, nil
	}
	if q.Level.AtLeast(privyseal.L3) {
		return nil, privyseal.E(privyseal.KindDenied, "this is asked every time and cannot be remembered", "answer without --remember")
	}
	d, err := parseSpan(a.Remember)
	if err != nil {
		return nil, err
	}
	if a.Count < 0 {
		return nil, privyseal.E(privyseal.KindInvalid, "--count is a number above zero", "")
	}
	kept, err := k.unseal(q)
	if err != nil {
		return nil, err
	}
	now := k.now()
	g := &privyseal.Grant{
		ID: newID(), App: q.App, Verdict: privyseal.Allow, Given: now, Until: now.Add(d), Origin: "answer",
		Reach:      privyseal.L2, // what is serious was not asked about
		Permission: nip46.Permission{Method: q.Op.Method(), Target: kept.Target},
	}
	if to == privyseal.QuestionDenied {
		g.Verdict = privyseal.Refuse
	}
	if a.Count > 0 {
		g.Permission.Budget = nip46.Budget{N: a.Count, Per: d}
	}
	if q.Kind >= 0 {
		kind := nostr.Kind(q.Kind)
		g.Permission.Kind = &kind
	}
	return g, nil
}

// parseSpan reads a time such as 10m, 1h or 30d.
func parseSpan(s string) (time.Duration, error) {
	bad := privyseal.E(privyseal.KindInvalid, "“"+s+"” is not a time that can be remembered", "for example: 1h or 30d (30 days at most)")
	days, isDays := strings.CutSuffix(s, "d")
	if isDays {
		s = days + "h"
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, bad
	}
	if isDays {
		d *= 24
	}
	if d < time.Minute || d > maxRemember {
		return 0, bad
	}
	return d, nil
}

// digits are a number as typed, without what groups it.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
