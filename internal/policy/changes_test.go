package policy_test

import (
	"slices"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/policy"
	"pgregory.net/rapid"
)

// A change that is named brings about what it says, by the reference model too;
// the verdict that holds already is never named.
func TestChangesDoWhatTheySay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		now := policy.Decide(in).Verdict
		changes := policy.Changes(in)
		for _, c := range changes {
			next := in
			next.Grants = slices.DeleteFunc(slices.Clone(in.Grants), func(g privyseal.Grant) bool {
				p, q := g.Permission, c.Permission
				p.Budget, p.For = q.Budget, q.For
				return p.String() == q.String()
			})
			next.Grants = append(next.Grants, privyseal.Grant{ID: "new", App: in.App.ID, Permission: c.Permission, Verdict: c.Verdict, Given: in.Now})
			if c.Verdict == now || policy.Decide(next).Verdict != c.Verdict || model(next) != c.Verdict {
				t.Fatalf("%v: with %v %s it is %v\n%+v", now, c.Verdict, c.Permission, policy.Decide(next).Verdict, in)
			}
		}
		if now == privyseal.Ask && !slices.ContainsFunc(changes, func(c policy.Change) bool { return c.Verdict == privyseal.Refuse }) {
			t.Fatalf("what is asked can be refused: %+v", in)
		}
	})
}
