package policy

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nip46"
)

// rule is a grant or a preset's line, ready to be weighed. It refers to both
// and copies neither: most rules do not fit.
type rule struct {
	permission *nip46.Permission
	verdict    privyseal.Verdict
	reach      privyseal.Level
	sameSite   bool // fits only the app's checked host

	own    *privyseal.Grant // of the app; nil for a line
	line   *Line
	preset *PresetInfo // the line's
	app    *privyseal.App
}

// explicit is an app's own grant as a rule.
func explicit(g *privyseal.Grant) rule {
	return rule{permission: &g.Permission, verdict: g.Verdict, reach: Reach(*g), own: g}
}

// id is that of a decision's rule.
func (r *rule) id() string {
	if r.own != nil {
		return "grant:" + r.own.ID
	}
	return "preset:" + r.preset.Name + "/" + r.line.ID
}

// key is the id of the grant, under which its use is counted.
func (r *rule) key() string {
	if r.own != nil {
		return r.own.ID
	}
	return "preset:" + r.preset.Name + "/" + r.line.ID + "@" + r.app.ID
}

// given is when it was given, and consent the reason code when it allows.
func (r *rule) given() time.Time {
	if r.own != nil {
		return r.own.Given
	}
	return r.app.Created
}

func (r *rule) consent() string {
	if r.own != nil {
		return ReasonGranted
	}
	return ReasonPreset
}

// grant is a preset's rule as a grant.
func (r *rule) grant() privyseal.Grant {
	return privyseal.Grant{
		ID: r.key(), App: r.app.ID, Permission: *r.permission,
		Verdict: r.verdict, Given: r.given(), Origin: presetOrigin,
	}
}

// counts reports an app's own grant that is alive.
func counts(g *privyseal.Grant, app *privyseal.App, now time.Time) bool {
	return g.App == app.ID && Alive(*g, now)
}

// Alive reports whether a grant still counts: neither its end nor the length
// of its permission has passed.
func Alive(g privyseal.Grant, now time.Time) bool { return !ended(End(g), now) }

// End is the sooner of a grant's two ends; zero: it has none.
func End(g privyseal.Grant) time.Time {
	end := g.Until
	if g.Permission.For != 0 {
		if e := g.Given.Add(g.Permission.For); end.IsZero() || e.Before(end) {
			end = e
		}
	}
	return end
}

// Reach is the highest level that a consent covers: L3, but L2 when it names no
// kind of event, or less when it was given for less.
func Reach(g privyseal.Grant) privyseal.Level {
	most := privyseal.L3
	if g.Permission.Method == nip46.SignEvent && g.Permission.Kind == nil {
		most = privyseal.L2
	}
	if g.Reach != privyseal.LevelUnknown && most.AtLeast(g.Reach) {
		return g.Reach
	}
	return most
}

// speaks reports whether a permission is about an effect's method and kind.
func speaks(p *nip46.Permission, e *effect.Effect) bool {
	return p.Method == e.Op.Method() && (p.Kind == nil || int(*p.Kind) == e.Kind)
}

// fits reports whether a rule speaks about an effect.
func (r *rule) fits(e *effect.Effect) bool {
	switch p := r.permission; {
	case !speaks(p, e):
		return false
	case p.Target != "" && !slices.Contains(e.Scopes(), p.Target):
		return false
	case r.sameSite && !e.SameSite:
		return false
	case r.verdict == privyseal.Allow && !r.reach.AtLeast(e.Base):
		return false
	}
	return true
}

// specificity orders rules: kind and target, kind, target, neither.
func specificity(p *nip46.Permission) int {
	n := 0
	if p.Kind != nil {
		n += 2
	}
	if p.Target != "" {
		n++
	}
	return n
}

// rules are the app's own grants, or the lines of its preset.
type rules struct {
	in     *Input
	preset *PresetInfo // nil: its own
	n      int
}

func granted(in *Input) rules { return rules{in: in, n: len(in.Grants)} }

func ofPreset(in *Input) rules {
	p := presetOf(in.App.Preset)
	return rules{in: in, preset: p, n: len(p.Lines)}
}

// at is the rule of that number, if it fits.
func (rs *rules) at(i int) (r rule, ok bool) {
	switch in := rs.in; {
	case rs.preset != nil:
		r = rs.preset.rule(i, &in.App)
	case counts(&in.Grants[i], &in.App, in.Now):
		r = explicit(&in.Grants[i])
	default:
		return r, false
	}
	return r, r.fits(&rs.in.Effect)
}

// first is the rule that comes first among the most specific of those that fit,
// and, with left, that have something left; false if there is none.
func (rs *rules) first(left bool) (first rule, ok bool) {
	top := -1
	for i := range rs.n {
		if r, fits := rs.at(i); fits {
			top = max(top, specificity(r.permission))
		}
	}
	for i := range rs.n {
		r, fits := rs.at(i)
		if !fits || specificity(r.permission) != top || left && !r.left(rs.in.Spent) {
			continue
		}
		if !ok || before(&r, &first) < 0 {
			first, ok = r, true
		}
	}
	return first, ok
}

// decide is the verdict of the most specific rules that fit; false if none does.
func (rs *rules) decide() (privyseal.Decision, bool) {
	e := &rs.in.Effect
	first, ok := rs.first(false)
	if !ok {
		return privyseal.Decision{}, false
	}
	switch first.verdict {
	case privyseal.Allow:
		return rs.spend(&first), true
	case privyseal.Ask:
		return first.decision(e, privyseal.Ask, ReasonAsked), true
	case privyseal.Refuse:
	}
	return first.decision(e, privyseal.Refuse, ReasonRefused), true
}

// before puts refusals first, then questions, then consents; among these those
// without a budget, then the older.
func before(a, b *rule) int {
	if n := cmp.Or(rank(a)-rank(b), a.given().Compare(b.given())); n != 0 {
		return n
	}
	return strings.Compare(a.key(), b.key())
}

func rank(r *rule) int {
	switch r.verdict {
	case privyseal.Allow:
		if limited(r.permission) {
			return 3
		}
		return 2
	case privyseal.Ask:
		return 1
	case privyseal.Refuse:
	}
	return 0
}

// limited reports whether a permission has a budget.
func limited(p *nip46.Permission) bool { return p.Budget != nip46.Budget{} }

// spend takes the first consent that has something left. Where a consent comes
// first, all equal rules are consents.
func (rs *rules) spend(first *rule) privyseal.Decision {
	in := rs.in
	if r, ok := rs.first(true); ok {
		d := r.decision(&in.Effect, privyseal.Allow, r.consent())
		if limited(r.permission) {
			d.Spend = []string{r.key()}
		}
		return d
	}
	if in.Effect.Base == privyseal.L0 { // it is allowed without any
		return builtin(&in.Effect, privyseal.Allow, ReasonEveryday, ReasonEveryday)
	}
	return first.decision(&in.Effect, privyseal.Ask, ReasonBudget)
}

// left reports whether a rule may be used once more.
func (r *rule) left(spent Spent) bool {
	return !limited(r.permission) || spent[r.key()] < r.permission.Budget.N
}

// decision carries the rule as data: its text is the verdict and the
// permission, which words turns into a sentence.
func (r *rule) decision(e *effect.Effect, v privyseal.Verdict, reason string) privyseal.Decision {
	var room [64]byte
	text := append(append(room[:0], r.verdict.String()...), ' ')
	origin := presetOrigin
	if r.own != nil {
		origin = r.own.Origin
	}
	return privyseal.Decision{
		Verdict: v,
		Level:   e.Level,
		Reason:  reason,
		Rule:    privyseal.Rule{ID: r.id(), Text: string(r.permission.Append(text)), Origin: origin, Given: r.given()},
	}
}

// Window is the start of the budget window that now falls in. Windows are
// fixed and follow each other from the moment the grant was given; a budget
// without a span has one window for good.
func Window(g privyseal.Grant, now time.Time) time.Time {
	per := g.Permission.Budget.Per
	if per <= 0 || !now.After(g.Given) {
		return g.Given
	}
	return g.Given.Add(now.Sub(g.Given).Truncate(per))
}
