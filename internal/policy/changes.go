package policy

import (
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// Change is a grant that would turn a decision into another verdict.
type Change struct {
	Verdict    privyseal.Verdict
	Permission nip46.Permission
}

// Changes are the narrowest grants that would bring about each other verdict,
// found by deciding again with them. A verdict that no grant brings about, such
// as a consent to what is always asked, is not among them.
func Changes(in Input) []Change {
	if in.Effect.Op.Signer() != privyseal.SignerUser {
		return nil
	}
	var out []Change
	now := Decide(in).Verdict
	for _, want := range []privyseal.Verdict{privyseal.Allow, privyseal.Ask, privyseal.Refuse} {
		if want == now {
			continue
		}
		for _, p := range scopes(&in.Effect) {
			trial := in
			trial.Grants = append(without(in.Grants, p), privyseal.Grant{
				ID: "trial", App: in.App.ID, Permission: p, Verdict: want, Given: in.Now,
			})
			if Decide(trial).Verdict == want {
				out = append(out, Change{want, p})
				break
			}
		}
	}
	return out
}

// scopes are the permissions that speak about an effect, the narrowest first.
func scopes(e *effect.Effect) []nip46.Permission {
	p := nip46.Permission{Method: e.Op.Method()}
	if e.Op == privyseal.OpSignEvent {
		k := nostr.Kind(e.Kind)
		p.Kind = &k
	}
	var out []nip46.Permission
	if targets := e.Scopes(); len(targets) > 0 {
		narrow := p
		narrow.Target = targets[0]
		out = append(out, narrow)
	}
	return append(out, p)
}

// without is the grants but those of this scope: a new one takes their place.
func without(grants []privyseal.Grant, p nip46.Permission) []privyseal.Grant {
	return slices.DeleteFunc(slices.Clone(grants), func(g privyseal.Grant) bool { return g.Permission.SameScope(p) })
}
