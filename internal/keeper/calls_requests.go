package keeper

import (
	"context"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// maxRemember is the longest a yes may be remembered; there is no "forever".
const maxRemember = 30 * 24 * time.Hour

// questionInfo shows a question; while the vault is locked its words cannot be
// read.
func (k *Keeper) questionInfo(q privyseal.Question) control.QuestionInfo {
	app, _ := k.book.appByID(q.App)
	who, _ := k.book.identity(q.Identity)
	info := control.QuestionInfo{
		ID: q.ID, App: app.Name(), AppID: q.App, Identity: who.Name, Op: q.Op.String(), Level: q.Level.String(),
		State: q.State.String(), Reason: q.Reason, Event: q.Event.String(), Asked: q.Asked, Deadline: q.Deadline, By: q.By,
	}
	if q.Kind >= 0 {
		info.Kind = &q.Kind
	}
	p, err := k.prompt(q)
	if err != nil {
		info.Title = err.Error()
		return info
	}
	info.Title, info.Lines, info.Quote = p.Title, p.Lines, p.Quote
	if n, ok := k.brakes.reading.Braked(readingKey(q.App, q.Op)); ok && n.Texts > 0 && q.Reason == words.BulkRead {
		info.Lines = append([]string{words.BulkLine(n.Texts, n.People)}, p.Lines...)
	}
	info.Yes, info.No, info.Remember = p.Yes, p.No, p.Remember
	for _, d := range p.Details {
		info.Details = append(info.Details, control.DetailInfo{Name: d.Name, Value: d.Value})
	}
	return info
}

func (k *Keeper) listQuestions(context.Context, none) ([]control.QuestionInfo, error) {
	out := []control.QuestionInfo{}
	for _, q := range k.asked.shown() {
		out = append(out, k.questionInfo(q))
	}
	return out, nil
}

// findQuestion finds one by its id or the start of it.
func (k *Keeper) findQuestion(ctx context.Context, id string) (privyseal.Question, error) {
	if q, err := k.questionByID(ctx, id); err == nil {
		return q, nil
	}
	var found []privyseal.Question
	for _, q := range k.asked.list() {
		if len(id) >= 4 && strings.HasPrefix(q.ID, id) {
			found = append(found, q)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	return privyseal.Question{}, privyseal.E(privyseal.KindNotFound, "there is no question “"+id+"”", "see: privyseal requests list")
}

func (k *Keeper) showQuestion(ctx context.Context, n control.Name) (control.QuestionInfo, error) {
	q, err := k.findQuestion(ctx, n.Name)
	if err != nil {
		return control.QuestionInfo{}, err
	}
	return k.questionInfo(q), nil
}

// watchQuestions sends every open question and then each change.
func (k *Keeper) watchQuestions(ctx context.Context, _ none, more func(any) error) error {
	ch, stop := k.asked.watch()
	defer stop()
	for _, q := range k.asked.shown() {
		if err := more(k.questionInfo(q)); err != nil {
			return err
		}
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case id := <-ch:
			q, err := k.questionByID(ctx, id)
			if err != nil {
				continue
			}
			if err := more(k.questionInfo(q)); err != nil {
				return err
			}
		}
	}
}

func (k *Keeper) approve(ctx context.Context, a control.AnswerArgs) (control.QuestionInfo, error) {
	q, err := k.findQuestion(ctx, a.ID)
	if err != nil {
		return control.QuestionInfo{}, err
	}
	if k.vault.Locked() {
		return control.QuestionInfo{}, privyseal.E(privyseal.KindLocked, "the vault is locked", "unlock it with: privyseal unlock")
	}
	if err := k.unrecordable(); err != nil {
		return control.QuestionInfo{}, err
	}
	if _, err := k.prompt(q); err != nil {
		return control.QuestionInfo{}, err
	}
	grant, err := k.remember(ctx, q, a)
	if err != nil {
		return control.QuestionInfo{}, err
	}
	if q.Reason == words.BulkRead {
		grant = k.bulkGrant(q, privyseal.Allow)
	}
	return k.answer(ctx, q, privyseal.QuestionApproved, a.By, grant)
}

func (k *Keeper) deny(ctx context.Context, a control.AnswerArgs) (control.QuestionInfo, error) {
	q, err := k.findQuestion(ctx, a.ID)
	if err != nil {
		return control.QuestionInfo{}, err
	}
	if a.Remember != "" || a.Count != 0 {
		return control.QuestionInfo{}, privyseal.E(privyseal.KindInvalid, "a no is not remembered",
			"to refuse for good: privyseal apps refuse "+q.App+" PERMISSION")
	}
	var grant *privyseal.Grant
	if q.Reason == words.BulkRead {
		grant = k.bulkGrant(q, privyseal.Refuse)
	}
	return k.answer(ctx, q, privyseal.QuestionDenied, a.By, grant)
}

func (k *Keeper) answer(ctx context.Context, q privyseal.Question, to privyseal.QuestionState, by string, g *privyseal.Grant) (control.QuestionInfo, error) {
	if by == "" {
		by = "command line"
	}
	q, err := k.settle(context.WithoutCancel(ctx), q, to, by, g)
	if err != nil {
		return control.QuestionInfo{}, err
	}
	k.judged(context.WithoutCancel(ctx), q)
	return k.questionInfo(q), nil
}

// remember is the grant a yes leaves behind; nil for just this time.
func (k *Keeper) remember(ctx context.Context, q privyseal.Question, a control.AnswerArgs) (*privyseal.Grant, error) {
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
	now := k.now()
	g := &privyseal.Grant{
		ID: newID(), App: q.App, Verdict: privyseal.Allow, Given: now, Until: now.Add(d), Origin: "answer",
		Reach:      privyseal.L2, // what is serious was not asked about
		Permission: nip46.Permission{Method: q.Op.Method()},
	}
	if a.Count > 0 {
		g.Permission.Budget = nip46.Budget{N: a.Count, Per: d}
	}
	if q.Kind >= 0 {
		kind := nostr.Kind(q.Kind)
		g.Permission.Kind = &kind
	}
	g.Permission.Target, err = k.targetOf(ctx, q)
	return g, err
}

// targetOf is the person, host or relay a question was about: a remembered yes
// is for that one only.
func (k *Keeper) targetOf(ctx context.Context, q privyseal.Question) (string, error) {
	works := k.waiting(ctx, q.ID)
	for _, w := range works {
		if j, ok := k.reopen(w); ok {
			eff := k.weigh(j)
			if scopes := eff.Scopes(); len(scopes) > 0 {
				return scopes[0], nil
			}
			return "", nil
		}
	}
	return "", privyseal.E(privyseal.KindExpired, "this request is over, so there is nothing to remember", "answer without --remember")
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
