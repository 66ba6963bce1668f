package keeper

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
)

// How learning of an app stands.
const (
	learnNone  = "none"
	learnGoing = "learning"
	learnReady = "ready"
)

// learnDefault is how long an app is learnt when nobody says.
const learnDefault = time.Hour

// learnPolicy begins, ends and shows the learning of an app, and makes the
// grants it proposes.
func (k *Keeper) learnPolicy(ctx context.Context, a control.LearnArgs) (control.Learning, error) {
	app, err := k.findApp(a.App)
	switch {
	case err != nil:
		return control.Learning{}, err
	case ended(app.State):
		return control.Learning{}, privyseal.E(privyseal.KindConflict, "this app is "+app.State.String(), "see: privyseal apps list")
	case k.vault.Locked():
		return control.Learning{}, privyseal.E(privyseal.KindLocked, "the vault is locked", "unlock it with: privyseal unlock")
	}
	k.learnt.mu.Lock()
	defer k.learnt.mu.Unlock()
	l, err := k.learningOf(app.ID)
	if err != nil {
		return control.Learning{}, err
	}
	now := k.now()
	going := l != nil && now.Before(l.Until)
	no := func(msg, hint string) (control.Learning, error) {
		return control.Learning{}, privyseal.E(privyseal.KindConflict, msg, hint)
	}
	switch {
	case a.Forget:
		err = k.keepLearning(ctx, app, nil, "learning forgotten")
		l = nil
	case (a.Stop || a.Accept) && l == nil:
		return no("nothing is learnt of "+app.Name(), "begin with: privyseal policy learn APP")
	case a.Accept && going:
		return no("it is still being learnt", "wait, or end it first: privyseal policy learn APP --stop")
	case a.Accept:
		return k.acceptLearnt(ctx, app, l)
	case a.Stop && going:
		next := *l
		next.Until = now
		if err = k.keepLearning(ctx, app, &next, "learning stopped"); err == nil {
			l = &next
		}
	case a.Stop:
	case l == nil:
		span := learnDefault
		if a.For != "" {
			if span, err = parseSpan(a.For); err != nil {
				return control.Learning{}, err
			}
		}
		// The store knows milliseconds: a request that comes at once and waits for
		// its answer is not from before.
		began := now.Truncate(time.Millisecond)
		l = &learning{Began: began, Until: began.Add(span), Span: span, Left: map[string]int{}}
		err = k.keepLearning(ctx, app, l, "learning begun")
	case a.For != "" && going:
		return no("it is being learnt already", "end it first: privyseal policy learn APP --stop")
	case a.For != "":
		return no("what was learnt waits for you", "take it with --accept, or drop it with --forget")
	}
	if err != nil {
		return control.Learning{}, err
	}
	return k.learningInfo(app, l, now), nil
}

// keepLearning writes down how learning stands; nil: it is over. The mutex is
// held.
func (k *Keeper) keepLearning(ctx context.Context, app privyseal.App, l *learning, what string) error {
	value := ""
	if l != nil {
		var err error
		if value, err = k.sealLearning(app.ID, l); err != nil {
			return err
		}
	}
	err := k.store.Update(ctx, func(tx store.Tx) error {
		if err := tx.SetSetting(settingLearning+app.ID, value); err != nil {
			return err
		}
		return note(tx, privyseal.Record{Time: k.now(), Identity: app.Identity, App: app.ID, Client: app.Client, Detail: what + " " + by(ctx)})
	})
	if err != nil {
		return err
	}
	if delete(k.learnt.apps, app.ID); l != nil {
		k.learnt.apps[app.ID] = l
	}
	return nil
}

// acceptLearnt makes the grants that were proposed. The mutex is held.
func (k *Keeper) acceptLearnt(ctx context.Context, app privyseal.App, l *learning) (control.Learning, error) {
	now := k.now()
	info := k.learningInfo(app, l, now)
	var grants []privyseal.Grant
	err := k.store.Update(ctx, func(tx store.Tx) error {
		old, err := tx.Grants(app.ID)
		if err != nil {
			return err
		}
		old = slices.DeleteFunc(old, func(g privyseal.Grant) bool { return !policy.Alive(g, now) })
		grants = l.proposals(app, old)
		for i := range grants {
			grants[i].ID, grants[i].Given, grants[i].Until = newID(), now, now.Add(grants[i].Permission.For)
			if err := tx.PutGrant(grants[i]); err != nil {
				return err
			}
		}
		if len(grants) == 0 {
			return privyseal.E(privyseal.KindConflict, "there is nothing to take", "drop it with: privyseal policy learn APP --forget")
		}
		if err := tx.SetSetting(settingLearning+app.ID, ""); err != nil {
			return err
		}
		return note(tx, privyseal.Record{
			Time: now, Identity: app.Identity, App: app.ID, Client: app.Client,
			Detail: fmt.Sprintf("learnt grants accepted %s: %d", by(ctx), len(grants)),
		})
	})
	if err != nil {
		return control.Learning{}, err
	}
	delete(k.learnt.apps, app.ID)
	k.grants.replace(app.ID, nil, grants)
	k.narrowed()
	info.State, info.Accepted = learnNone, true
	return info, nil
}

func (k *Keeper) learningInfo(app privyseal.App, l *learning, now time.Time) control.Learning {
	out := control.Learning{App: app.Name(), ID: app.ID, State: learnNone, Left: []control.LearnLeft{}, Proposals: []control.LearnProposal{}}
	if l == nil {
		return out
	}
	out.Began, out.Until, out.Span, out.State = l.Began, l.Until, l.Span.String(), learnReady
	if now.Before(l.Until) {
		out.State = learnGoing
	}
	for _, t := range l.Taken {
		out.Approved += t.Times
	}
	for _, why := range slices.SortedFunc(maps.Keys(l.Left), cmp.Compare[string]) {
		out.Left = append(out.Left, control.LearnLeft{Why: why, Times: l.Left[why], Sentence: k.say().LearnLeft(why, l.Left[why])})
	}
	for _, g := range l.proposals(app, k.aliveGrants(app.ID, now)) {
		g.Given = now
		out.Proposals = append(out.Proposals, control.LearnProposal{Permission: g.Permission.String(), Sentence: k.say().Grant(here(g))})
	}
	return out
}

func (k *Keeper) aliveGrants(app string, now time.Time) []privyseal.Grant {
	return slices.DeleteFunc(slices.Clone(k.grants.of(app)), func(g privyseal.Grant) bool { return !policy.Alive(g, now) })
}

// learnFindings says which apps have proposals that wait.
func (k *Keeper) learnFindings() []control.Finding {
	k.learnt.mu.Lock()
	defer k.learnt.mu.Unlock()
	var out []control.Finding
	now := k.now()
	for id := range k.learnt.apps {
		l, err := k.learningOf(id)
		app, ok := k.book.appByID(id)
		if err != nil || !ok || l == nil || now.Before(l.Until) || ended(app.State) {
			continue
		}
		text, fix := k.say().LearntReady(app.Name())
		out = append(out, control.Finding{Check: "learning", State: "ok", Text: text, Fix: fix})
	}
	return out
}
