package policy

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nip46"
)

// Lesson is what a person approved, once or more often, and a grant might have
// allowed.
type Lesson struct {
	Like  effect.Effect // what decides of it: operation, scope, level without the app's youth
	Rule  string        // the preset's line or grant whose budget was used up; "": none spoke
	Times int
}

// Permission is the narrowest that speaks about what was approved.
func (l Lesson) Permission() nip46.Permission { return scopes(&l.Like)[0] }

// level is how far a grant reaches that was learnt of it.
func (l Lesson) level() privyseal.Level { return max(l.Like.Base, privyseal.L1) }

// Why something that was approved teaches nothing.
const (
	LearnSerious = "serious" // it is asked every time
	LearnAsked   = "asked"   // the person wants to be asked about just this
	LearnAllowed = "allowed" // policy allows it; something else asked
)

// learnFor is how long a grant holds that was learnt.
const learnFor = 30 * 24 * time.Hour

// LessonOf is what a person's yes to a request teaches, or why it teaches
// nothing.
func LessonOf(in Input) (l Lesson, not string) {
	d, e := Decide(in), &in.Effect
	switch {
	case e.Guard != "" || e.Level.AtLeast(privyseal.L3) || d.Verdict == privyseal.Refuse:
		return Lesson{}, LearnSerious
	case d.Verdict == privyseal.Allow:
		return Lesson{}, LearnAllowed
	}
	l = Lesson{Times: 1, Like: effect.Effect{
		Op: e.Op, Kind: e.Kind, Person: e.Person, Host: e.Host, Relay: e.Relay, SameSite: e.SameSite, Base: e.Base, Level: e.Base,
	}}
	switch d.Reason {
	case ReasonBudget:
		l.Rule = d.Rule.ID
	case ReasonAsked:
		asked := l.Permission()
		for _, g := range in.Grants {
			if "grant:"+g.ID == d.Rule.ID && specificity(&g.Permission) == specificity(&asked) {
				return Lesson{}, LearnAsked
			}
		}
	}
	return l, ""
}

// Propose is the smallest grants that, beside what an app may do already, would
// have allowed what was approved within a span of time. They take nothing away:
// what they come before, they allow too.
func Propose(app privyseal.App, grants []privyseal.Grant, lessons []Lesson, span time.Duration) []privyseal.Grant {
	p := proposal{span: span}
	for _, l := range lessons {
		a := p.aim(l, &app, grants)
		if a.reach != privyseal.L1 {
			p.below(a, app, grants)
		}
		p.keep(a.perm, a.reach, a.kept)
		p.of(a.perm, a.reach).n += a.Times
	}
	return p.grants(app)
}

// aim is the grant that a lesson asks for.
type aim struct {
	Lesson
	perm  nip46.Permission
	reach privyseal.Level
	kept  int // how often it is allowed already
}

func (p *proposal) aim(l Lesson, app *privyseal.App, grants []privyseal.Grant) aim {
	preset := presetOf(app.Preset)
	for i := range preset.Lines {
		line := preset.rule(i, app)
		if line.id() != l.Rule { // else its budget is made larger
			continue
		}
		perm := *line.permission
		if line.sameSite {
			perm.Target = l.Permission().Target
		}
		return aim{l, perm, line.reach, p.times(perm.Budget)}
	}
	for _, g := range grants {
		if "grant:"+g.ID == l.Rule { // another one of its scope adds to it
			return aim{l, g.Permission, min(Reach(g), privyseal.L2), 0}
		}
	}
	return aim{l, l.Permission(), l.level(), 0}
}

// below keeps what is allowed of the same at L1 by other rules, which a grant
// of this permission comes before.
func (p *proposal) below(a aim, app privyseal.App, grants []privyseal.Grant) {
	in := Input{
		Effect: a.Like, App: app, Grants: grants, Spent: Spent{},
		Identity: privyseal.Identity{ID: app.Identity}, Now: app.Created,
	}
	in.Effect.Base, in.Effect.Level = privyseal.L1, privyseal.L1
	budgets, n := Budgeted(app, grants), 0
	for {
		d := Decide(in)
		stays := func(g privyseal.Grant) bool {
			return "grant:"+g.ID == d.Rule.ID && specificity(&g.Permission) >= specificity(&a.perm)
		}
		switch {
		case d.Verdict != privyseal.Allow || d.Rule.ID == a.Rule || slices.ContainsFunc(in.Grants, stays):
			p.keep(a.perm, privyseal.L1, n)
			return
		case len(d.Spend) == 0:
			p.of(a.perm, privyseal.L1).free = true
			return
		}
		i := slices.IndexFunc(budgets, func(g privyseal.Grant) bool { return g.ID == d.Spend[0] })
		b := budgets[i].Permission.Budget
		n += p.times(b)
		in.Spent[d.Spend[0]] = b.N
	}
}

// proposal gathers how often what may be done.
type proposal struct {
	span  time.Duration
	parts []part
}

type part struct {
	perm  nip46.Permission
	reach privyseal.Level
	kept  int // of what was allowed in its place
	n     int
	free  bool // without a budget
}

func (p *proposal) of(perm nip46.Permission, reach privyseal.Level) *part {
	perm.Budget, perm.For = nip46.Budget{}, 0
	i := slices.IndexFunc(p.parts, func(q part) bool { return q.perm.SameScope(perm) && q.reach == reach })
	if i < 0 {
		i, p.parts = len(p.parts), append(p.parts, part{perm: perm, reach: reach})
	}
	return &p.parts[i]
}

// times is how often a budget allows something within the span.
func (p *proposal) times(b nip46.Budget) int {
	if b.Per <= 0 {
		return b.N
	}
	return b.N * int((p.span+b.Per-1)/b.Per)
}

// keep holds on, once, to what is allowed already.
func (p *proposal) keep(perm nip46.Permission, reach privyseal.Level, n int) {
	if n > 0 {
		q := p.of(perm, reach)
		q.kept = max(q.kept, n)
	}
}

func (p *proposal) grants(app privyseal.App) []privyseal.Grant {
	slices.SortFunc(p.parts, func(a, b part) int {
		return cmp.Or(strings.Compare(a.perm.String(), b.perm.String()), int(a.reach)-int(b.reach))
	})
	out := make([]privyseal.Grant, len(p.parts))
	for i, q := range p.parts {
		if q.perm.For = learnFor; !q.free {
			q.perm.Budget = nip46.Budget{N: q.kept + q.n, Per: p.span}
		}
		out[i] = privyseal.Grant{ID: "learned " + strconv.Itoa(i), App: app.ID, Permission: q.perm, Verdict: privyseal.Allow, Reach: q.reach, Origin: "learned"}
	}
	return out
}
