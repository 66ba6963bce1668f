package keeper

import (
	"context"
	"slices"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/keeper/brake"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// tryPolicy says what would become of an app's request, and why. It uses no
// key, spends no budget and records nothing.
func (k *Keeper) tryPolicy(_ context.Context, a control.TryArgs) (control.Trial, error) {
	app, err := k.findApp(a.App)
	if err != nil {
		return control.Trial{}, err
	}
	who, _ := k.book.identity(app.Identity)
	method := nip46.Method(a.Method)
	op := privyseal.OperationOf(method)
	if method == nip46.GetRelays || method == nip46.Disconnect {
		op = privyseal.OpSwitchRelays // older names, answered at once as well
	}
	j := &job{app: app, who: who, e: &envelope{
		to: k.book.addressOf(app), at: k.now(), cipher: privyseal.CipherNip44, ev: &nostr.Event{PubKey: app.Client},
	}}
	t := control.Trial{
		App: app.Name(), AppID: app.ID, Identity: who.Name, Operation: a.Method, Changes: []control.ChangeInfo{},
	}
	j.req = &privyseal.Request{Op: op, Method: method}
	if op.Signer() == privyseal.SignerUser && app.State == privyseal.AppActive {
		if j.req, err = k.read(j.e, &app, &who, op, &nip46.Request{Method: method, Params: a.Params}); err != nil {
			return k.unreadable(t, err), nil
		}
	}
	return k.tried(t, j), nil
}

// unreadable is a trial of what no policy is asked about.
func (k *Keeper) unreadable(t control.Trial, err error) control.Trial {
	d := privyseal.Decision{Reason: policy.ReasonBlocked, Rule: privyseal.Rule{ID: "builtin:" + effect.ReasonInvalid}}
	t.Verdict, t.Reason, t.Level, t.Says = d.Verdict.String(), d.Reason, d.Level.String(), k.say().Would(d.Verdict)
	t.Answer = string(privyseal.KindOf(err)) + ": " + err.Error()
	t.Rule = control.TrialRule{ID: d.Rule.ID, Sentence: k.say().Rule(d)}
	return t
}

// tried decides as the pipeline does, but that it leaves nothing behind.
func (k *Keeper) tried(t control.Trial, j *job) control.Trial {
	eff := k.weigh(j)
	in := policy.Input{Effect: eff, App: j.app, Identity: j.who, Grants: k.grants.of(j.app.ID), Now: j.e.at}
	budgets := policy.Budgeted(j.app, in.Grants)
	in.Spent = k.spentOnRecord(budgets, j.e.at)
	d := k.braking(j, &eff, k.answered(j, k.careful(j, &eff, policy.Decide(in))), in.Grants)
	t.Verdict, t.Reason, t.Level, t.Says = d.Verdict.String(), d.Reason, d.Level.String(), k.say().Would(d.Verdict)
	if eff.Kind >= 0 {
		t.Kind = &eff.Kind
	}
	t.Rule = control.TrialRule{ID: d.Rule.ID, Sentence: k.say().Rule(d), Given: d.Rule.Given, Origin: d.Rule.Origin, By: k.say().Origin(d.Rule.Origin)}
	for _, g := range spends(d, budgets) {
		t.Rule.Budget, t.Rule.Used = g.Permission.Budget.N, in.Spent[g.ID]
	}
	switch {
	case d.Verdict == privyseal.Refuse:
		t.Answer = refusal("", j.req.Method, d).Error
	case k.vault.Locked() && j.req.Op.Signer() == privyseal.SignerUser:
		t.Answer = because("", j.req.Method, words.Locked).Error
	}
	switch {
	case d.Verdict == privyseal.Ask && d.Reason == words.BulkRead:
		t.Prompt = promptInfo(k.say().BulkPrompt(j.app, j.who))
	case d.Verdict == privyseal.Ask, d.Reason == policy.ReasonBlocked:
		t.Prompt = promptInfo(k.say().Render(eff, j.app, j.who, j.req))
	}
	t.Changes = k.changes(j, d, in)
	return t
}

// braking is what the brakes would make of a decision.
func (k *Keeper) braking(j *job, eff *effect.Effect, d privyseal.Decision, grants []privyseal.Grant) privyseal.Decision {
	if d.Verdict == privyseal.Refuse || j.req.Op.Signer() != privyseal.SignerUser {
		return d
	}
	if !k.brakes.apps.Left(j.app.ID, j.e.at) || !k.brakes.people.Left(j.app.Identity, j.e.at) {
		return braked(d, privyseal.Refuse, words.TooFast)
	}
	if _, paused := k.brakes.reading.Braked(readingKey(j.app.ID, j.req.Op)); paused && consent(d, grants) != brake.ConsentNamed {
		d.Level = privyseal.L3
		d = braked(d, privyseal.Ask, words.BulkRead)
	}
	if code := k.strange(j, eff, d, grants); code != "" {
		eff.Reasons = append(eff.Reasons, effect.Reason{Code: code})
		d = braked(d, privyseal.Ask, code)
	}
	if _, _, quiet := k.brakes.refusals.Quiet(j.app.ID, j.e.at); quiet && d.Verdict == privyseal.Ask {
		return braked(d, privyseal.Refuse, words.Quiet)
	}
	return d
}

// changes are the commands that would lead to another verdict.
func (k *Keeper) changes(j *job, d privyseal.Decision, in policy.Input) []control.ChangeInfo {
	out := []control.ChangeInfo{}
	name := k.goesBy(j.app)
	if j.app.State == privyseal.AppPaused || slices.Contains([]string{words.Quiet, words.TooFast, words.BulkRead}, d.Reason) {
		return append(out, control.ChangeInfo{Verdict: "resume", Command: words.Resume(name)})
	}
	for _, c := range policy.Changes(in) {
		if c.Verdict != d.Verdict {
			out = append(out, control.ChangeInfo{Verdict: c.Verdict.String(), Command: words.Command(name, c)})
		}
	}
	return out
}

// spentOnRecord is how much of these budgets is used, by the store, which knows
// it after a restart too.
func (k *Keeper) spentOnRecord(budgets []privyseal.Grant, now time.Time) policy.Spent {
	out := policy.Spent{}
	_ = k.store.View(context.Background(), func(r store.Reader) error { // what cannot be read counts as unused
		for _, g := range budgets {
			if u, err := r.BudgetUse(g.ID); err == nil && u.Window.UnixMilli() == policy.Window(g, now).UnixMilli() {
				out[g.ID] = u.Used
			}
		}
		return nil
	})
	return out
}

func promptInfo(p words.Prompt) *control.PromptInfo {
	out := &control.PromptInfo{Title: p.Title, Lines: p.Lines, Quote: p.Quote, Yes: p.Yes, No: p.No, Remember: p.Remember, Lasts: p.Lasts, Safe: p.SafeFirst}
	for _, d := range p.Details {
		out.Details = append(out.Details, control.DetailInfo{Name: d.Name, Value: d.Value})
	}
	return out
}
