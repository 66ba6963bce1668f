package keeper

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/policyfile"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/internal/words"
)

// importPlan is what a policy file changes, app by app.
type importPlan []appPlan

type appPlan struct {
	app    privyseal.App
	say    *words.Catalogue
	preset string
	drop   []privyseal.Grant // grants that go
	put    []privyseal.Grant // grants that come, or get another note
	told   control.AppChange
}

// plan holds the file against the facts. Grants whose end has passed are no
// longer facts.
func (k *Keeper) plan(r store.Reader, blocks []block, now time.Time) (importPlan, error) {
	var out importPlan
	for _, b := range blocks {
		grants, err := r.Grants(b.app.ID)
		if err != nil {
			return nil, err
		}
		grants = slices.DeleteFunc(grants, func(g privyseal.Grant) bool { return !policy.Alive(g, now) })
		p := appPlan{app: b.app, say: k.say(), preset: b.app.Preset}
		p.told = control.AppChange{
			App: b.app.Name(), ID: b.app.ID, Already: []control.RuleChange{}, New: []control.RuleChange{},
			Removed: []control.RuleChange{}, Noted: []control.RuleChange{}, Ended: []control.RuleChange{},
		}
		if b.is.Preset != "" && b.is.Preset != b.app.Preset {
			p.preset, p.told.PresetWas = b.is.Preset, b.app.Preset
		}
		p.told.Preset = p.preset
		said := map[string]bool{}
		for _, rule := range b.is.Rules {
			if !said[sense(rule)] { // once is enough
				said[sense(rule)] = true
				p.rule(rule, grants, now)
			}
		}
		for _, g := range grants {
			if r := ruleOf(g); !said[sense(r)] {
				p.drop = append(p.drop, g)
				p.told.Removed = append(p.told.Removed, p.tell(r, g))
			}
		}
		out = append(out, p)
	}
	return out, nil
}

// rule holds one line against the grants there are.
func (p *appPlan) rule(r policyfile.Rule, grants []privyseal.Grant, now time.Time) {
	g := privyseal.Grant{
		ID: newID(), App: p.app.ID, Permission: r.Permission, Verdict: r.Verdict, Given: now,
		Until: r.Until, Origin: "import", Reach: r.Reach, Note: r.Note,
	}
	if r.Permission.For > 0 {
		g.Until = now.Add(r.Permission.For)
	}
	i := slices.IndexFunc(grants, func(old privyseal.Grant) bool { return sense(ruleOf(old)) == sense(r) })
	switch {
	case !policy.Alive(g, now):
		p.told.Ended = append(p.told.Ended, p.tell(r, g))
	case i < 0:
		p.put = append(p.put, g)
		p.told.New = append(p.told.New, p.tell(r, g))
	case grants[i].Note != r.Note:
		g = grants[i]
		g.Note = r.Note
		p.put = append(p.put, g)
		p.told.Noted = append(p.told.Noted, p.tell(r, g))
	default:
		p.told.Already = append(p.told.Already, p.tell(r, grants[i]))
	}
}

// sense is a line without its note: two of one sense decide alike. A length that
// has yet to begin is none that has.
func sense(r policyfile.Rule) string {
	r.Note, r.About = "", ""
	r.Until = r.Until.Truncate(time.Second)
	full := privyseal.Grant{Permission: r.Permission}
	if r.Reach.AtLeast(policy.Reach(full)) {
		r.Reach = privyseal.LevelUnknown // it reaches no further anyway
	}
	return r.String()
}

// tell shows a line.
func (p *appPlan) tell(r policyfile.Rule, g privyseal.Grant) control.RuleChange {
	return control.RuleChange{Line: r.Line, Rule: r.String(), Sentence: p.say.Grant(here(g))}
}

// write makes the change, with a note in the record for each app.
func (p importPlan) write(tx store.Tx, now time.Time, by string) error {
	for _, a := range p {
		if a.changes() == 0 && len(a.put) == 0 {
			continue
		}
		for _, g := range a.drop {
			if err := tx.DeleteGrant(g.App, g.ID); err != nil {
				return err
			}
		}
		for _, g := range a.put {
			if err := tx.PutGrant(g); err != nil {
				return err
			}
		}
		if a.preset != a.app.Preset {
			if err := changeApp(tx, a.app.ID, func(app *privyseal.App) { app.Preset = a.preset }); err != nil {
				return err
			}
		}
		detail := fmt.Sprintf("policy imported %s: %d new, %d removed", by, len(a.told.New), len(a.told.Removed))
		if a.told.PresetWas != "" {
			detail += ", preset " + a.preset
		}
		if err := note(tx, privyseal.Record{Time: now, Identity: a.app.Identity, App: a.app.ID, Client: a.app.Client, Detail: detail}); err != nil {
			return err
		}
	}
	return nil
}

func (a *appPlan) changes() int {
	n := len(a.told.New) + len(a.told.Removed)
	if a.told.PresetWas != "" {
		n++
	}
	return n
}

func (p importPlan) changes() (n int) {
	for _, a := range p {
		n += a.changes() + len(a.told.Noted)
	}
	return n
}

func (p importPlan) told(done bool) control.PolicyChange {
	out := control.PolicyChange{Apps: []control.AppChange{}, Changes: p.changes(), Done: done, Token: p.token()}
	for _, a := range p {
		out.Apps = append(out.Apps, a.told)
	}
	return out
}

// token names what changes, without the sentences, whose times may move.
func (p importPlan) token() string {
	h := sha256.New()
	enc := json.NewEncoder(h)
	for _, a := range p {
		bare := func(rules []control.RuleChange) (out []string) {
			for _, r := range rules {
				out = append(out, r.Rule)
			}
			return out
		}
		_ = enc.Encode([]any{a.app.ID, a.app.Preset, a.preset, bare(a.told.New), bare(a.told.Removed), bare(a.told.Noted)}) // a hash takes all
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
