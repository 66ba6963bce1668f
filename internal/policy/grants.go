package policy

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nip46"
)

// rule is a grant or a preset's line, ready to be weighed.
type rule struct {
	grant    privyseal.Grant
	id       string // of the decision's rule
	consent  string // the reason code when it allows
	reach    privyseal.Level
	sameSite bool // fits only the app's checked host
}

// explicit is the app's own grants that are alive.
func explicit(in *Input) iter.Seq[rule] {
	return func(yield func(rule) bool) {
		for i := range in.Grants {
			g := &in.Grants[i]
			if g.App != in.App.ID || !Alive(*g, in.Now) {
				continue
			}
			if !yield(rule{grant: *g, id: "grant:" + g.ID, consent: ReasonGranted, reach: Reach(*g)}) {
				return
			}
		}
	}
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

// fits reports whether a rule speaks about an effect.
func (r *rule) fits(e *effect.Effect) bool {
	p := &r.grant.Permission
	switch {
	case p.Method != e.Op.Method():
		return false
	case p.Kind != nil && int(*p.Kind) != e.Kind:
		return false
	case p.Target != "" && !slices.Contains(e.Scopes(), p.Target):
		return false
	case r.sameSite && !e.SameSite:
		return false
	case r.grant.Verdict == privyseal.Allow && !r.reach.AtLeast(e.Base):
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

// among is the verdict of the most specific rules that fit; false if none does.
func among(in *Input, rules iter.Seq[rule]) (privyseal.Decision, bool) {
	e, top := &in.Effect, -1
	var equal []rule
	for r := range rules {
		if !r.fits(e) {
			continue
		}
		switch n := specificity(&r.grant.Permission); {
		case n > top:
			top, equal = n, []rule{r}
		case n == top:
			equal = append(equal, r)
		}
	}
	if len(equal) == 0 {
		return privyseal.Decision{}, false
	}
	if len(equal) > 1 {
		slices.SortFunc(equal, before)
	}
	first := &equal[0]
	switch first.grant.Verdict {
	case privyseal.Allow:
		return spend(in, equal), true
	case privyseal.Ask:
		return first.decision(e, privyseal.Ask, ReasonAsked), true
	case privyseal.Refuse:
	}
	return first.decision(e, privyseal.Refuse, ReasonRefused), true
}

// before puts refusals first, then questions, then consents; among these those
// without a budget, then the older.
func before(a, b rule) int {
	return cmp.Or(
		rank(a.grant)-rank(b.grant),
		a.grant.Given.Compare(b.grant.Given),
		strings.Compare(a.grant.ID, b.grant.ID),
	)
}

func rank(g privyseal.Grant) int {
	switch g.Verdict {
	case privyseal.Allow:
		if limited(g.Permission) {
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
func limited(p nip46.Permission) bool { return p.Budget != nip46.Budget{} }

// spend takes the first consent that has something left.
func spend(in *Input, consents []rule) privyseal.Decision {
	for i := range consents {
		r := &consents[i]
		d := r.decision(&in.Effect, privyseal.Allow, r.consent)
		if !limited(r.grant.Permission) {
			return d
		}
		if in.Spent[r.grant.ID] < r.grant.Permission.Budget.N {
			d.Spend = []string{r.grant.ID}
			return d
		}
	}
	if in.Effect.Base == privyseal.L0 { // it is allowed without any
		return builtin(&in.Effect, privyseal.Allow, ReasonEveryday, ReasonEveryday)
	}
	return consents[0].decision(&in.Effect, privyseal.Ask, ReasonBudget)
}

// decision carries the rule as data: its text is the verdict and the
// permission, which words turns into a sentence.
func (r *rule) decision(e *effect.Effect, v privyseal.Verdict, reason string) privyseal.Decision {
	return privyseal.Decision{
		Verdict: v,
		Level:   e.Level,
		Reason:  reason,
		Rule: privyseal.Rule{
			ID:     r.id,
			Text:   r.grant.Verdict.String() + " " + r.grant.Permission.String(),
			Origin: r.grant.Origin,
			Given:  r.grant.Given,
		},
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
