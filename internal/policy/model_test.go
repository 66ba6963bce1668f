package policy_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"pgregory.net/rapid"
)

// The reference model: what policy promises, written as filters over a flat
// list of claims. It shares no code with the package but its types.

type claim struct {
	verdict  privyseal.Verdict
	perm     nip46.Permission
	reach    privyseal.Level
	sameSite bool
	left     bool // unlimited, or something left to spend
}

// modelPresets has one "verdict reach permission [same-site]" per line.
var modelPresets = map[string]string{
	"ask":     "ask L0 sign_event|ask L0 nip44_encrypt|ask L0 nip44_decrypt|ask L0 nip04_encrypt|ask L0 nip04_decrypt",
	"sign-in": "allow L0 sign_event:22242|allow L2 sign_event:27235#60/h same-site",
	"social": "allow L0 sign_event:22242|allow L2 sign_event:27235#60/h same-site|allow L1 sign_event:1#20/h|" +
		"allow L1 sign_event:1111#20/h|allow L1 sign_event:6#20/h|allow L1 sign_event:16#20/h|" +
		"allow L1 sign_event:7#120/h|allow L1 sign_event:17#60/h",
	"trusted": "allow L2 sign_event|allow L2 nip44_encrypt|allow L2 nip44_decrypt|allow L2 nip04_encrypt|allow L2 nip04_decrypt",
}

func init() {
	modelPresets["messages"] = modelPresets["social"] +
		"|allow L2 sign_event:13#60/h|allow L2 nip44_encrypt#240/h|allow L2 nip44_decrypt#600/h"
}

// modelLines is modelPresets, read.
var modelLines = map[string][]claim{}

func init() {
	for name, text := range modelPresets {
		for line := range strings.SplitSeq(text, "|") {
			f := strings.Fields(line)
			ps, err := nip46.ParsePermissions(f[2])
			if err != nil {
				panic(err)
			}
			modelLines[name] = append(modelLines[name], claim{privyseal.ParseVerdict(f[0]), ps[0], privyseal.L0 + privyseal.Level(f[1][1]-'0'), len(f) > 3, true})
		}
	}
}

func presetClaims(in policy.Input) []claim {
	cs := slices.Clone(modelLines[in.App.Preset])
	if len(in.Spent) == 0 {
		return cs
	}
	grants := policy.PresetGrants(in.App)
	for i, c := range cs {
		for _, g := range grants {
			if c.perm.Budget.N > 0 && g.Permission.String() == c.perm.String() {
				cs[i].left = in.Spent[g.ID] < c.perm.Budget.N
			}
		}
	}
	return cs
}

func grantClaims(in policy.Input) (cs []claim) {
	for _, g := range in.Grants {
		over := !g.Until.IsZero() && g.Until.Compare(in.Now) <= 0 ||
			g.Permission.For != 0 && in.Now.Sub(g.Given) >= g.Permission.For
		if over || g.App != in.App.ID {
			continue
		}
		c := claim{verdict: g.Verdict, perm: g.Permission, reach: privyseal.L3, left: true}
		if c.perm.Method == "sign_event" && c.perm.Kind == nil {
			c.reach = privyseal.L2
		}
		if g.Reach > privyseal.LevelUnknown {
			c.reach = min(c.reach, g.Reach)
		}
		if c.perm.Budget.N != 0 || c.perm.Budget.Per != 0 {
			c.left = c.perm.Budget.N > in.Spent[g.ID]
		}
		cs = append(cs, c)
	}
	return cs
}

func model(in policy.Input) privyseal.Verdict {
	e := in.Effect
	if in.App.ID == "" || in.App.State != privyseal.AppActive || in.Identity.ID == "" ||
		in.Identity.ID != in.App.Identity || in.Now.IsZero() ||
		!in.App.Ends.IsZero() && !in.App.Ends.After(in.Now) || e.Op.Method() == "" {
		return privyseal.Refuse
	}
	if e.Op.Signer() == privyseal.SignerSession {
		return privyseal.Allow
	}
	bad := e.Level == 0 || e.Base == 0 || e.Level >= privyseal.L4 || e.Base >= privyseal.L4
	if bad || e.Blocked != "" || e.Op == privyseal.OpSignEvent && (e.Kind < 0 || e.Kind >= 1<<16) {
		return privyseal.Refuse
	}
	verdict := privyseal.Ask
	if e.Base == privyseal.L0 {
		verdict = privyseal.Allow
	}
	if v, ok := settle(e, grantClaims(in)); ok {
		verdict = v
	} else if v, ok := settle(e, presetClaims(in)); ok {
		verdict = v
	}
	if verdict == privyseal.Allow && e.Guard != "" {
		return privyseal.Ask
	}
	return verdict
}

// settle looks at one tier of detail after the other.
func settle(e effect.Effect, cs []claim) (privyseal.Verdict, bool) {
	tiers := []func(claim) bool{
		func(c claim) bool { return c.perm.Kind != nil && c.perm.Target != "" },
		func(c claim) bool { return c.perm.Kind != nil && c.perm.Target == "" },
		func(c claim) bool { return c.perm.Kind == nil && c.perm.Target != "" },
		func(c claim) bool { return c.perm.Kind == nil && c.perm.Target == "" },
	}
	for _, tier := range tiers {
		seen, room := map[privyseal.Verdict]bool{}, false
		for _, c := range cs {
			if tier(c) && speaks(c, e) {
				seen[c.verdict] = true
				room = room || c.verdict == privyseal.Allow && c.left
			}
		}
		switch {
		case len(seen) == 0:
			continue
		case seen[privyseal.Refuse]:
			return privyseal.Refuse, true
		case seen[privyseal.Ask] || !room && e.Base != privyseal.L0:
			return privyseal.Ask, true
		}
		return privyseal.Allow, true
	}
	return privyseal.Refuse, false
}

func speaks(c claim, e effect.Effect) bool {
	if string(c.perm.Method) != e.Op.String() || c.sameSite && !e.SameSite {
		return false
	}
	if c.perm.Kind != nil && *c.perm.Kind != nostr.Kind(e.Kind) {
		return false
	}
	if t := c.perm.Target; t != "" {
		hit := false
		switch {
		case e.Op != privyseal.OpSignEvent:
			hit = t == e.Person.String()
		case e.Kind == 22242:
			hit = t == e.Relay || t == e.Host
		case e.Kind == 27235 || e.Kind == 24242:
			hit = t == e.Host
		}
		if !hit {
			return false
		}
	}
	return c.verdict != privyseal.Allow || e.Base <= c.reach
}

var t0 = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func TestDecideAgreesWithModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		got, want := policy.Decide(in), model(in)
		if got.Verdict != want {
			t.Fatalf("Decide says %v (%s, %s), the model %v\n%+v", got.Verdict, got.Reason, got.Rule.ID, want, in)
		}
		if got.Reason == "" || got.Rule.ID == "" {
			t.Fatalf("no rule or no reason: %+v", got)
		}
		if len(got.Spend) > 0 && got.Verdict != privyseal.Allow {
			t.Fatalf("a budget is spent without a consent: %+v", got)
		}
	})
}

// Promise 3 (R6): above L0, without a preset, a key is used only where a live
// grant of this very app says allow for this method and kind.
func TestNothingUngrantedIsAllowed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		in.App.Preset = ""
		d := policy.Decide(in)
		if d.Verdict != privyseal.Allow || in.Effect.Op.Signer() != privyseal.SignerUser || in.Effect.Base == privyseal.L0 {
			return
		}
		for _, g := range in.Grants {
			if "grant:"+g.ID == d.Rule.ID && g.App == in.App.ID && g.Verdict == privyseal.Allow &&
				g.Permission.Method == in.Effect.Op.Method() &&
				(g.Permission.Kind == nil || int(*g.Permission.Kind) == in.Effect.Kind) {
				return
			}
		}
		t.Fatalf("allowed without a grant: %+v by %+v", in.Effect, d)
	})
}
