package policy_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

func signs(k nostr.Kind) nip46.Permission { return nip46.Permission{Method: nip46.SignEvent, Kind: &k} }

func TestStandingsAreWhatCounts(t *testing.T) {
	now := time.Unix(1e9, 0)
	app := privyseal.App{ID: "app", Preset: "social", Created: now}
	grants := []privyseal.Grant{
		{ID: "alive", App: "app", Permission: nip46.Permission{Method: nip46.Nip44Decrypt}, Verdict: privyseal.Allow, Given: now},
		{ID: "over", App: "app", Permission: nip46.Permission{Method: nip46.Nip44Decrypt}, Verdict: privyseal.Allow, Given: now, Until: now},
		{ID: "other's", App: "other", Permission: nip46.Permission{Method: nip46.Nip44Decrypt}, Verdict: privyseal.Allow, Given: now},
	}
	all := policy.Standings(app, grants, now)
	if len(all) != 1+8 || all[0].ID != "grant:alive" || all[3].ID != "preset:social/notes" {
		t.Fatalf("%+v", all)
	}
	if n := all[3]; n.Grant.Reach != privyseal.L1 || n.SameSite || n.Grant.ID != "preset:social/notes@app" {
		t.Errorf("a preset's line: %+v", n)
	}
	if !all[2].SameSite {
		t.Errorf("web login fits more than the app's own site: %+v", all[2])
	}
}

func TestStopped(t *testing.T) {
	now := time.Unix(1e9, 0)
	note := privyseal.Grant{App: "app", Permission: signs(1), Verdict: privyseal.Allow, Given: now}
	to := func(target string, p nip46.Permission) nip46.Permission {
		p.Target = target
		return p
	}
	wide := func(p nip46.Permission, v privyseal.Verdict, until time.Time) privyseal.Grant {
		return privyseal.Grant{App: "app", Permission: p, Verdict: v, Given: now.Add(-time.Hour), Until: until}
	}
	other := wide(nip46.Permission{Method: nip46.SignEvent}, privyseal.Refuse, time.Time{})
	other.App = "another"
	for name, c := range map[string]struct {
		beside privyseal.Grant
		want   privyseal.Verdict
	}{
		"refused more widely":      {wide(nip46.Permission{Method: nip46.SignEvent}, privyseal.Refuse, time.Time{}), privyseal.Refuse},
		"the refusal is over":      {wide(nip46.Permission{Method: nip46.SignEvent}, privyseal.Refuse, now), privyseal.Ask},
		"asked more widely":        {wide(nip46.Permission{Method: nip46.SignEvent}, privyseal.Ask, time.Time{}), privyseal.Ask},
		"another kind is refused":  {wide(signs(7), privyseal.Refuse, time.Time{}), privyseal.Ask},
		"another app is":           {other, privyseal.Ask},
		"another method is":        {wide(nip46.Permission{Method: nip46.Nip44Decrypt}, privyseal.Refuse, time.Time{}), privyseal.Ask},
		"the same kind is refused": {wide(signs(1), privyseal.Refuse, time.Time{}), privyseal.Refuse},
	} {
		if got := policy.Stopped(note, []privyseal.Grant{note, c.beside}, now); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	all := nip46.Permission{Method: nip46.SignEvent}
	for name, c := range map[string]struct {
		stopped, refused nip46.Permission
		want             privyseal.Verdict
	}{
		"more narrowly":                    {all, signs(1), privyseal.Ask},
		"for one place":                    {signs(1), to("here", signs(1)), privyseal.Ask},
		"for that place":                   {to("here", signs(1)), to("here", signs(1)), privyseal.Refuse},
		"for every place":                  {to("here", signs(1)), signs(1), privyseal.Refuse},
		"for another place":                {to("here", signs(1)), to("there", signs(1)), privyseal.Ask},
		"for every kind at that place":     {to("here", signs(1)), to("here", all), privyseal.Refuse},
		"for every kind at another place":  {to("here", signs(1)), to("there", all), privyseal.Ask},
		"for every kind at one place":      {signs(1), to("here", all), privyseal.Refuse},
		"for another kind at every place":  {to("here", signs(1)), signs(7), privyseal.Ask},
		"for another kind, for that place": {to("here", signs(1)), to("here", signs(7)), privyseal.Ask},
	} {
		g := privyseal.Grant{App: "app", Permission: c.stopped, Verdict: privyseal.Allow, Given: now}
		if got := policy.Stopped(g, []privyseal.Grant{wide(c.refused, privyseal.Refuse, time.Time{})}, now); got != c.want {
			t.Errorf("refused %s: %v, want %v", name, got, c.want)
		}
	}
}

// Whatever an app may do, stopping a rule never lets it do more, and what the
// rule covered is not done without asking.
func TestStoppingOnlyNarrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := drawInput(t)
		all := policy.Standings(in.App, in.Grants, in.Now)
		if len(all) == 0 {
			t.Skip()
		}
		s := rapid.SampledFrom(all).Draw(t, "rule")
		if s.Grant.Verdict != privyseal.Allow {
			t.Skip()
		}
		p := nip46.Permission{Method: s.Grant.Permission.Method, Kind: s.Grant.Permission.Kind, Target: s.Grant.Permission.Target}
		before := policy.Decide(in)
		after := in
		after.Grants = append(append([]privyseal.Grant{}, in.Grants...), privyseal.Grant{
			ID: "stop", App: in.App.ID, Permission: p, Given: in.Now, Verdict: policy.Stopped(s.Grant, in.Grants, in.Now),
		})
		got := policy.Decide(after)
		if got.Verdict == privyseal.Allow && before.Verdict != privyseal.Allow {
			t.Fatalf("stopping %s lets it: %+v, before %+v", s.ID, got, before)
		}
		if got.Verdict == privyseal.Allow && before.Rule.ID == s.ID {
			t.Fatalf("%s still allows: %+v", s.ID, got)
		}
		if got.Verdict == privyseal.Ask && before.Verdict == privyseal.Refuse && policy.Alive(s.Grant, in.Now) {
			t.Fatalf("stopping %s has it ask for what was refused: %+v", s.ID, before)
		}
	})
}
