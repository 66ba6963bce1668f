package keeper

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
)

// ruleInfos are the sentences of [Keeper.may], each with what can be done about it.
func (k *Keeper) ruleInfos(a privyseal.App, now time.Time) []control.RuleInfo {
	out := []control.RuleInfo{}
	for _, line := range k.brakeLines(a) {
		out = append(out, control.RuleInfo{Sentence: line})
	}
	grants := k.grants.of(a.ID)
	used := k.spentOnRecord(policy.Budgeted(a, grants), now)
	standings := policy.Standings(a, grants, now)
	for _, s := range k.said(a, grants, now) {
		info := control.RuleInfo{ID: s.ID, Sentence: s.Sentence}
		if i := slices.IndexFunc(standings, func(st policy.Standing) bool { return st.ID == s.ID }); i >= 0 {
			describe(&info, standings[i], used, now)
		}
		out = append(out, info)
	}
	return out
}

func (k *Keeper) said(a privyseal.App, grants []privyseal.Grant, now time.Time) []words.Said {
	var alive []privyseal.Grant
	for _, g := range grants {
		if policy.Alive(g, now) {
			alive = append(alive, here(g))
		}
	}
	return k.say().May(a.Preset, alive)
}

// describe says what a rule is and what can be done about it.
func describe(info *control.RuleInfo, s policy.Standing, used policy.Spent, now time.Time) {
	g := s.Grant
	info.Verdict, info.Until = g.Verdict.String(), policy.End(g)
	if b := g.Permission.Budget; b != (nip46.Budget{}) {
		info.Budget, info.Used, info.Per = b.N, used[g.ID], "0s"
		if b.Per > 0 {
			_, limit, _ := strings.Cut(nip46.Permission{Method: nip46.Ping, Budget: b}.String(), "/")
			info.Per, info.Renews = limit, policy.Window(g, now).Add(b.Per)
		}
	}
	own := strings.HasPrefix(s.ID, "grant:")
	controls := privyseal.OperationOf(g.Permission.Method).Signer() == privyseal.SignerSession
	info.Stops = g.Verdict == privyseal.Allow && !controls
	info.Changes = info.Stops && !s.SameSite
	info.Forgets = g.Verdict != privyseal.Allow && own
}

// findRule finds a rule that stands for an app.
func (k *Keeper) findRule(app, rule string) (privyseal.App, policy.Standing, error) {
	a, err := k.findApp(app)
	if err != nil {
		return a, policy.Standing{}, err
	}
	for _, s := range policy.Standings(a, k.grants.of(a.ID), k.now()) {
		if s.ID == rule {
			return a, s, nil
		}
	}
	return a, policy.Standing{}, privyseal.E(privyseal.KindNotFound, "this app has no such rule any more", "look at the app again")
}

// stopRule has an app ask for what a rule allows. The rule stays beneath, so that
// forgetting what took its place undoes it as a whole.
func (k *Keeper) stopRule(ctx context.Context, n control.AppRule) (control.AppStopped, error) {
	a, s, err := k.findRule(n.App, n.Rule)
	if err != nil {
		return control.AppStopped{}, err
	}
	now, was := k.now(), control.RuleInfo{ID: s.ID}
	if describe(&was, s, nil, now); !was.Stops {
		return control.AppStopped{}, privyseal.E(privyseal.KindInvalid, "this cannot be stopped alone", "pause the app, or end it")
	}
	g := privyseal.Grant{
		ID: newID(), App: a.ID, Given: now, Origin: doer(ctx), Verdict: policy.Stopped(s.Grant, k.grants.of(a.ID), now),
		Permission: nip46.Permission{Method: s.Grant.Permission.Method, Kind: s.Grant.Permission.Kind, Target: s.Grant.Permission.Target},
	}
	was.Sentence = k.say().Grant(here(s.Grant))
	if err := k.swapRule(ctx, a, "what it may do was stopped in part", nil, &g); err != nil {
		return control.AppStopped{}, err
	}
	is := control.RuleInfo{ID: "grant:" + g.ID, Sentence: k.say().Grant(here(g)), Verdict: g.Verdict.String(), Forgets: true}
	return control.AppStopped{App: k.appInfo(a), Was: was, Is: is}, nil
}

// forgetRule takes away a rule that asks or refuses. What is beneath it counts again.
func (k *Keeper) forgetRule(ctx context.Context, n control.AppRule) (control.AppInfo, error) {
	a, s, err := k.findRule(n.App, n.Rule)
	if err != nil {
		return control.AppInfo{}, err
	}
	info := control.RuleInfo{}
	if describe(&info, s, nil, k.now()); !info.Forgets {
		return control.AppInfo{}, privyseal.E(privyseal.KindInvalid, "this rule cannot be forgotten", "stop it instead")
	}
	if err := k.swapRule(ctx, a, "a rule was forgotten", &s.Grant, nil); err != nil {
		return control.AppInfo{}, err
	}
	return k.appInfo(a), nil
}

// changeRule puts one with other limits in a rule's place. It reaches no further.
func (k *Keeper) changeRule(ctx context.Context, c control.RuleLimits) (control.AppInfo, error) {
	a, s, err := k.findRule(c.App, c.Rule)
	if err != nil {
		return control.AppInfo{}, err
	}
	info, now := control.RuleInfo{}, k.now()
	if describe(&info, s, nil, now); !info.Changes {
		return control.AppInfo{}, privyseal.E(privyseal.KindInvalid, "the limits of this rule cannot be changed", "stop it instead")
	}
	g := s.Grant
	g.ID, g.App, g.Given, g.Origin, g.Until = newID(), a.ID, now, doer(ctx), time.Time{}
	p := nip46.Permission{Method: g.Permission.Method, Kind: g.Permission.Kind, Target: g.Permission.Target}
	if c.Budget != 0 {
		list, err := nip46.ParsePermissions("ping#" + strconv.Itoa(c.Budget) + "/" + c.Per)
		if err != nil || len(list) != 1 {
			return control.AppInfo{}, privyseal.E(privyseal.KindInvalid, "that is no limit", "for example: 20 times an hour")
		}
		p.Budget = list[0].Budget
	}
	switch c.Lasts {
	case "":
	case control.LastsAsNow:
		g.Until = policy.End(s.Grant)
	default:
		d, err := parseSpan(c.Lasts)
		if err != nil {
			return control.AppInfo{}, err
		}
		g.Until = now.Add(d)
	}
	g.Permission = p
	var old *privyseal.Grant
	if strings.HasPrefix(s.ID, "grant:") {
		old = &s.Grant
	}
	if err := k.swapRule(ctx, a, "the limits of a rule were changed", old, &g); err != nil {
		return control.AppInfo{}, err
	}
	return k.appInfo(a), nil
}

// swapRule takes a grant away and puts another one there, on record; nil: none.
func (k *Keeper) swapRule(ctx context.Context, a privyseal.App, what string, drop, put *privyseal.Grant) error {
	var drops, puts []privyseal.Grant
	err := k.store.Update(ctx, func(tx store.Tx) error {
		drops, puts = nil, nil
		if drop != nil {
			drops = append(drops, *drop)
			if err := tx.DeleteGrant(a.ID, drop.ID); err != nil {
				return err
			}
		}
		if put != nil {
			puts = append(puts, *put)
			if err := tx.PutGrant(*put); err != nil {
				return err
			}
		}
		return note(tx, privyseal.Record{Time: k.now(), Identity: a.Identity, App: a.ID, Client: a.Client, Detail: what + " " + by(ctx)})
	})
	if err != nil {
		return err
	}
	k.grants.replace(a.ID, drops, puts)
	k.narrowed()
	return nil
}
