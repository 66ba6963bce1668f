package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/nip46"
)

// approved is an effect that a person said yes to, so often.
type approved struct {
	like  effect.Effect
	times int
}

// What is proposed, in full: which permissions, how far they reach, and how
// often.
func TestProposals(t *testing.T) {
	login := sign(27235, privyseal.L2)
	login.Host, login.SameSite = "zap.kitchen", true
	elsewhere := login
	elsewhere.Host, elsewhere.SameSite = "relay.example", false
	read := effect.Effect{Op: privyseal.OpNip44Decrypt, Kind: -1, Person: bea, Base: privyseal.L2, Level: privyseal.L2}
	note, notes := sign(1, privyseal.L1), sign(1, privyseal.L2)
	allow := func(id, perm string) privyseal.Grant {
		ps, err := nip46.ParsePermissions(perm)
		if err != nil {
			t.Fatal(err)
		}
		return privyseal.Grant{ID: id, Permission: ps[0], Verdict: privyseal.Allow}
	}
	low := func(g privyseal.Grant) privyseal.Grant { g.Reach = privyseal.L1; return g }
	young, guarded, relay := sign(1, privyseal.L2), sign(3, privyseal.L2), sign(22242, privyseal.L0)
	young.Base, guarded.Guard, relay.Relay, relay.Host = privyseal.L1, "removes-many", "wss://relay.example", "relay.example"
	tooYoung := sign(1, privyseal.L3)
	tooYoung.Base = privyseal.L2
	ask, inAll := allow("a", "sign_event"), func(n int) privyseal.Grant {
		g := allow("g", "sign_event")
		g.Permission.Budget.N = n
		return g
	}
	ask.Verdict = privyseal.Ask
	for name, c := range map[string]struct {
		preset string
		grants []privyseal.Grant
		yes    []approved
		want   string
	}{
		"nothing":                 {"", nil, nil, ""},
		"a note, three times":     {"", nil, []approved{{note, 3}}, "sign_event:1#3/h~30d L1 allow learned app"},
		"at two levels":           {"", nil, []approved{{note, 2}, {notes, 1}}, "sign_event:1#2/h~30d L1 allow learned app | sign_event:1#1/h~30d L2 allow learned app"},
		"two of a kind":           {"", nil, []approved{{note, 1}, {note, 2}}, "sign_event:1#3/h~30d L1 allow learned app"},
		"a budget is used up":     {"", []privyseal.Grant{allow("g", "sign_event:1#2/h")}, []approved{{note, 1}}, "sign_event:1#1/h~30d L2 allow learned app"},
		"a slow budget":           {"", []privyseal.Grant{allow("g", "sign_event:1#2/d")}, []approved{{note, 1}}, "sign_event:1#1/h~30d L2 allow learned app"},
		"a quick budget":          {"", []privyseal.Grant{allow("g", "sign_event:1#2/m")}, []approved{{note, 1}}, "sign_event:1#1/h~30d L2 allow learned app"},
		"a wide budget":           {"", []privyseal.Grant{allow("g", "sign_event#2/h")}, []approved{{note, 1}, {sign(7, privyseal.L1), 1}}, "sign_event#2/h~30d L2 allow learned app"},
		"the narrow and the wide": {"", []privyseal.Grant{allow("g", "sign_event#2/h")}, []approved{{notes, 1}, {sign(7, privyseal.L1), 4}}, "sign_event#5/h~30d L2 allow learned app"},
		"a preset's line":         {"social", nil, []approved{{note, 1}}, "sign_event:1#21/h~30d L1 allow learned app"},
		"a preset's, higher":      {"social", nil, []approved{{notes, 1}}, "sign_event:1#20/h~30d L1 allow learned app | sign_event:1#1/h~30d L2 allow learned app"},
		"a free preset, higher":   {"trusted", nil, []approved{{sign(30023, privyseal.L2), 1}}, "allowed"},
		"logging in":              {"", nil, []approved{{login, 1}, {elsewhere, 2}}, "sign_event:27235@relay.example#2/h~30d L2 allow learned app | sign_event:27235@zap.kitchen#1/h~30d L2 allow learned app"},
		"logging in, sign-in":     {"sign-in", nil, []approved{{elsewhere, 2}}, "sign_event:27235@relay.example#2/h~30d L2 allow learned app"},
		"reading":                 {"messages", nil, []approved{{read, 2}}, "nip44_decrypt#602/h~30d L2 allow learned app"},
		"of a young app":          {"", nil, []approved{{young, 1}}, "sign_event:1#1/h~30d L1 allow learned app"},
		"guarded":                 {"", nil, []approved{{guarded, 1}}, "serious"},
		"a place":                 {"ask", nil, []approved{{relay, 1}}, "sign_event:22242@wss://relay.example#1/h~30d L1 allow learned app"},
		"asked, but not of this":  {"", []privyseal.Grant{ask, allow("g", "sign_event:7")}, []approved{{note, 1}}, "sign_event:1#1/h~30d L1 allow learned app"},
		"asked, of this":          {"", []privyseal.Grant{ask}, []approved{{note, 1}}, "sign_event:1#1/h~30d L1 allow learned app"},
		"a wide budget in all":    {"", []privyseal.Grant{low(inAll(2))}, []approved{{notes, 1}}, "sign_event:1#2/h~30d L1 allow learned app | sign_event:1#1/h~30d L2 allow learned app"},
		"the wide comes first":    {"", []privyseal.Grant{low(allow("g", "sign_event#2/h"))}, []approved{{notes, 1}, {sign(7, privyseal.L1), 1}}, "sign_event#1/h~30d L1 allow learned app | sign_event:1#2/h~30d L1 allow learned app | sign_event:1#1/h~30d L2 allow learned app"},
		"a narrow one, higher":    {"", []privyseal.Grant{low(allow("g", "sign_event:1#2/h"))}, []approved{{notes, 1}}, "sign_event:1#1/h~30d L2 allow learned app"},
		"one in all, higher":      {"", []privyseal.Grant{low(inAll(1))}, []approved{{notes, 1}}, "sign_event:1#1/h~30d L1 allow learned app | sign_event:1#1/h~30d L2 allow learned app"},
		"the higher level first":  {"", nil, []approved{{notes, 1}, {note, 2}}, "sign_event:1#2/h~30d L1 allow learned app | sign_event:1#1/h~30d L2 allow learned app"},
		"too young":               {"", nil, []approved{{tooYoung, 1}}, "serious"},
		"free, and higher":        {"", []privyseal.Grant{low(allow("g", "sign_event"))}, []approved{{notes, 1}}, "sign_event:1~30d L1 allow learned app | sign_event:1#1/h~30d L2 allow learned app"},
		"free, and budgets":       {"", []privyseal.Grant{low(allow("g", "sign_event")), low(allow("h", "sign_event#3/h"))}, []approved{{notes, 1}}, "sign_event:1~30d L1 allow learned app | sign_event:1#1/h~30d L2 allow learned app"},
		"serious":                 {"", nil, []approved{{sign(5, privyseal.L3), 1}}, "serious"},
	} {
		in := input(effect.Effect{})
		in.App.Preset = c.preset
		for _, g := range c.grants {
			g.App, g.Given = in.App.ID, in.Now
			in.Grants = append(in.Grants, g)
		}
		var lessons []policy.Lesson
		var got []string
		for _, y := range c.yes {
			at := in
			at.Effect, at.Spent = y.like, policy.Spent{}
			uses(in, y.like, at.Spent)
			l, not := policy.LessonOf(at)
			if not != "" {
				got = append(got, not)
				continue
			}
			if l.Times != 1 {
				t.Errorf("%s: one yes counts %d times", name, l.Times)
			}
			l.Times = y.times
			lessons = append(lessons, l)
		}
		for _, g := range policy.Propose(in.App, in.Grants, lessons, time.Hour) {
			got = append(got, fmt.Sprintf("%s %s %s %s %s", g.Permission, g.Reach, g.Verdict, g.Origin, g.App))
		}
		if s := strings.Join(got, " | "); s != c.want {
			t.Errorf("%s: %q", name, s)
		}
	}
}

// What would change a decision, in full: the narrowest first, and none that
// changes nothing.
func TestChangesInFull(t *testing.T) {
	login := sign(27235, privyseal.L2)
	login.Host = "zap.kitchen"
	for name, c := range map[string]struct {
		in   policy.Input
		want string
	}{
		"asked":        {input(sign(1, privyseal.L1)), "allow sign_event:1 | refuse sign_event:1"},
		"allowed":      {input(sign(1, privyseal.L1), g("g", privyseal.Allow, "sign_event:1")), "ask sign_event:1 | refuse sign_event:1"},
		"refused":      {input(sign(1, privyseal.L1), g("g", privyseal.Refuse, "sign_event:1")), "allow sign_event:1 | ask sign_event:1"},
		"refused, all": {input(sign(1, privyseal.L1), g("g", privyseal.Refuse, "sign_event")), "allow sign_event:1 | ask sign_event:1"},
		"a place":      {input(login), "allow sign_event:27235@zap.kitchen | refuse sign_event:27235@zap.kitchen"},
		"serious":      {input(sign(5, privyseal.L3)), "allow sign_event:5 | refuse sign_event:5"},
		"blocked":      {input(sign(62, privyseal.L4)), ""},
		"control":      {input(effect.Effect{Op: privyseal.OpPing, Kind: -1}), ""},
	} {
		var got []string
		for _, ch := range policy.Changes(c.in) {
			got = append(got, ch.Verdict.String()+" "+ch.Permission.String())
		}
		if s := strings.Join(got, " | "); s != c.want {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
	}
}
