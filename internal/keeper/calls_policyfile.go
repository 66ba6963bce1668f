package keeper

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/policyfile"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
)

// exportPolicy writes what apps may do as a policy file.
func (k *Keeper) exportPolicy(_ context.Context, n control.Name) (control.PolicyText, error) {
	apps := slices.Collect(k.book.allApps())
	if n.Name != "" {
		a, err := k.findApp(n.Name)
		if err != nil {
			return control.PolicyText{}, err
		}
		if ended(a.State) {
			return control.PolicyText{}, privyseal.E(privyseal.KindConflict, "this app is "+a.State.String(), "see: privyseal apps list")
		}
		apps = []privyseal.App{a}
	}
	f := policyfile.File{Head: k.say().PolicyHead()}
	for _, a := range apps {
		if !ended(a.State) {
			f.Apps = append(f.Apps, k.policyOf(a))
		}
	}
	return control.PolicyText{Text: f.String(), Apps: len(f.Apps)}, nil
}

// policyOf is an app's block: its preset, and its grants that are alive.
func (k *Keeper) policyOf(a privyseal.App) policyfile.App {
	who, _ := k.book.identity(a.Identity)
	name, _ := words.Sanitize(a.Name(), 200)
	out := policyfile.App{Name: name, ID: a.ID, Preset: a.Preset, About: []string{k.say().PolicyApp(who.Name, a.Created.Local())}}
	var alive []privyseal.Grant
	for _, g := range k.grants.of(a.ID) {
		if policy.Alive(g, k.now()) {
			alive = append(alive, here(g))
		}
	}
	said := map[string]string{}
	for _, s := range k.say().May(a.Preset, alive) {
		if said[s.ID] = s.Sentence; s.ID == "" || s.ID[:min(7, len(s.ID))] == "preset:" {
			out.Means = append(out.Means, s.Sentence)
		}
	}
	for _, g := range alive {
		r := ruleOf(g)
		if r.About = said["grant:"+g.ID]; r.About == "" {
			r.About = k.say().Idle(g)
		}
		out.Rules = append(out.Rules, r)
	}
	return out
}

// ruleOf is a grant as a line of a policy file.
func ruleOf(g privyseal.Grant) policyfile.Rule {
	r := policyfile.Rule{Verdict: g.Verdict, Permission: g.Permission, Until: policy.End(g), Note: g.Note}
	r.Permission.For = 0 // counted from when it was given
	full := g
	full.Reach = privyseal.LevelUnknown
	if g.Verdict == privyseal.Allow && policy.Reach(g) != policy.Reach(full) {
		r.Reach = max(privyseal.L1, policy.Reach(g))
	}
	return r
}

// importPolicy puts a policy file in force: every app that it names may do
// exactly what the file says. It is one commit, on record.
func (k *Keeper) importPolicy(ctx context.Context, a control.PolicyImport) (control.PolicyChange, error) {
	f, err := policyfile.Parse(a.Text)
	if err != nil {
		return control.PolicyChange{}, inFile(err)
	}
	blocks, err := k.blocks(f, a.App)
	if err != nil {
		return control.PolicyChange{}, inFile(err)
	}
	k.sessions.Lock()
	defer k.sessions.Unlock()
	var plan importPlan
	now := k.now()
	work := func(r store.Reader) (err error) {
		plan, err = k.plan(r, blocks, now)
		return err
	}
	if a.DryRun {
		if err := k.store.View(ctx, work); err != nil {
			return control.PolicyChange{}, inFile(err)
		}
		return plan.told(false), nil
	}
	if err := k.unrecordable(); err != nil {
		return control.PolicyChange{}, err
	}
	err = k.store.Update(ctx, func(tx store.Tx) error {
		if err := work(tx); err != nil {
			return err
		}
		if a.Expect != "" && a.Expect != plan.token() {
			return privyseal.E(privyseal.KindConflict, "what apps may do was changed meanwhile", "look at the difference again")
		}
		return plan.write(tx, now, by(ctx))
	})
	if err != nil {
		return control.PolicyChange{}, inFile(err)
	}
	for _, p := range plan {
		k.grants.replace(p.app.ID, p.drop, p.put)
		if p.preset != p.app.Preset {
			k.book.changeApp(p.app.ID, func(a *privyseal.App) { a.Preset = p.preset })
		}
	}
	if plan.changes() > 0 {
		k.narrowed()
	}
	return plan.told(true), nil
}

// block is what a file says of one of our apps.
type block struct {
	app privyseal.App
	is  policyfile.App
}

// blocks finds the apps that a file names; only says for which of them.
func (k *Keeper) blocks(f policyfile.File, only string) ([]block, error) {
	var out []block
	if len(f.Apps) == 0 {
		return nil, &policyfile.Error{Msg: "the policy file names no app", Hint: `begin with a line such as: app "Coracle"`}
	}
	if only != "" {
		a, err := k.findApp(only)
		if err != nil {
			return nil, err
		}
		if len(f.Apps) == 1 {
			return []block{{a, f.Apps[0]}}, k.checkBlock(a, f.Apps[0])
		}
		for _, is := range f.Apps {
			if found, err := k.appOf(is); err == nil && found.ID == a.ID {
				return []block{{a, is}}, k.checkBlock(a, is)
			}
		}
		return nil, &policyfile.Error{Msg: "the policy file has no block for “" + a.Name() + "”", Hint: "see its app lines"}
	}
	for _, is := range f.Apps {
		a, err := k.appOf(is)
		if err != nil {
			return nil, err
		}
		for _, b := range out {
			if b.app.ID == a.ID {
				return nil, &policyfile.Error{Line: is.Line, Msg: fmt.Sprintf("this is the app of line %d again", b.is.Line), Hint: "put its rules there"}
			}
		}
		if err := k.checkBlock(a, is); err != nil {
			return nil, err
		}
		out = append(out, block{a, is})
	}
	return out, nil
}

// appOf finds the app of a block, by its id if it has one.
func (k *Keeper) appOf(is policyfile.App) (privyseal.App, error) {
	name := is.Name
	if is.ID != "" {
		name = is.ID
	}
	a, err := k.findApp(name)
	if pe, ok := errors.AsType[*privyseal.Error](err); ok {
		hint := pe.Hint
		if is.ID != "" && pe.Kind == privyseal.KindNotFound {
			hint = "leave the id away, and the name counts; or see: privyseal apps list"
		}
		return a, &policyfile.Error{Line: is.Line, Msg: pe.Msg, Hint: hint}
	}
	return a, err
}

// checkBlock refuses what cannot be put in force.
func (k *Keeper) checkBlock(a privyseal.App, is policyfile.App) error {
	wrong := func(line int, err error) error {
		if pe, ok := errors.AsType[*privyseal.Error](err); ok {
			return &policyfile.Error{Line: line, Msg: pe.Msg, Hint: pe.Hint}
		}
		return err
	}
	if ended(a.State) {
		return &policyfile.Error{Line: is.Line, Msg: "the app “" + a.Name() + "” is " + a.State.String(), Hint: "leave its block away, or connect it again"}
	}
	if is.Preset != "" {
		if err := checkPreset(is.Preset); err != nil {
			return wrong(is.Line, err)
		}
	}
	for _, r := range is.Rules {
		if err := checkGrant(r.Verdict, r.Permission); err != nil {
			return wrong(r.Line, err)
		}
	}
	return nil
}

// inFile is an error of a policy file as the caller reads it.
func inFile(err error) error {
	if e, ok := errors.AsType[*policyfile.Error](err); ok {
		return privyseal.E(privyseal.KindInvalid, e.Error(), e.Hint)
	}
	return err
}
