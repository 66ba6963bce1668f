package policy

import (
	"slices"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nip46"
)

// rule is a grant or a preset's line, ready to be weighed.
type rule struct {
	grant    privyseal.Grant
	id       string // of the decision's rule
	reach    privyseal.Level
	sameSite bool // fits only the app's checked host
}

// explicit is the app's own grants that are alive.
func explicit(in Input) []rule {
	var rules []rule
	for _, g := range in.Grants {
		if g.App == in.App.ID && Alive(g, in.Now) {
			rules = append(rules, rule{grant: g, id: "grant:" + g.ID, reach: reach(g.Permission)})
		}
	}
	return rules
}

// Alive reports whether a grant still counts: neither its end nor the length
// of its permission has passed.
func Alive(g privyseal.Grant, now time.Time) bool {
	if ended(g.Until, now) {
		return false
	}
	return g.Permission.For == 0 || now.Before(g.Given.Add(g.Permission.For))
}

// reach is the highest level that a consent covers.
func reach(p nip46.Permission) privyseal.Level {
	if p.Method == nip46.SignEvent && p.Kind == nil {
		return privyseal.L2
	}
	return privyseal.L3
}

// fits reports whether a rule speaks about an effect.
func (r rule) fits(e *effect.Effect) bool {
	p := r.grant.Permission
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
func specificity(p nip46.Permission) int {
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
func among(in Input, rules []rule) (privyseal.Decision, bool) {
	e, top := &in.Effect, -1
	var equal []rule
	for _, r := range rules {
		if !r.fits(e) {
			continue
		}
		switch n := specificity(r.grant.Permission); {
		case n > top:
			top, equal = n, []rule{r}
		case n == top:
			equal = append(equal, r)
		}
	}
	if len(equal) == 0 {
		return privyseal.Decision{}, false
	}
	slices.SortStableFunc(equal, before)
	switch r := equal[0]; r.grant.Verdict {
	case privyseal.Ask:
		return r.decision(e, privyseal.Ask, ReasonAsked), true
	case privyseal.Allow:
		return spend(in, equal), true
	case privyseal.Refuse:
		return r.decision(e, privyseal.Refuse, ReasonRefused), true
	default:
		return r.decision(e, privyseal.Refuse, ReasonRefused), true
	}
}

// before puts refusals first, then questions, then consents; among these those
// without a budget, then the older.
func before(a, b rule) int {
	if n := rank(a) - rank(b); n != 0 {
		return n
	}
	if n := a.grant.Given.Compare(b.grant.Given); n != 0 {
		return n
	}
	if a.grant.ID < b.grant.ID {
		return -1
	}
	return 1
}

func rank(r rule) int {
	switch r.grant.Verdict {
	case privyseal.Refuse:
		return 0
	case privyseal.Ask:
		return 1
	case privyseal.Allow:
		if r.grant.Permission.Budget == (nip46.Budget{}) {
			return 2
		}
		return 3
	}
	return 0
}

// spend takes the first consent that has something left.
func spend(in Input, consents []rule) privyseal.Decision {
	for _, r := range consents {
		b := r.grant.Permission.Budget
		d := r.decision(&in.Effect, privyseal.Allow, r.reason())
		if b == (nip46.Budget{}) {
			return d
		}
		if in.Spent[r.grant.ID] < b.N {
			d.Spend = []string{r.grant.ID}
			return d
		}
	}
	return consents[0].decision(&in.Effect, privyseal.Ask, ReasonBudget)
}

func (r rule) reason() string {
	if r.grant.Origin == originPreset {
		return ReasonPreset
	}
	return ReasonGranted
}

// decision carries the rule as data: its text is the verdict and the
// permission, which words turns into a sentence.
func (r rule) decision(e *effect.Effect, v privyseal.Verdict, reason string) privyseal.Decision {
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
