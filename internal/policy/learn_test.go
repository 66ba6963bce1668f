package policy_test

import (
	"fmt"
	"maps"
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

// universe is one effect of each sort, at each level it has.
func universe() (es []effect.Effect) {
	login := sign(22242, privyseal.L0)
	login.Host, login.Relay = "relay.example", "wss://relay.example"
	es = append(es, login)
	for _, l := range []privyseal.Level{privyseal.L1, privyseal.L2, privyseal.L3} {
		for _, k := range []int{1, 7, 30023} {
			es = append(es, sign(k, l))
		}
		if l == privyseal.L1 {
			continue
		}
		for _, host := range []string{"zap.kitchen", "relay.example"} {
			for _, k := range []int{22242, 27235} {
				e := sign(k, l)
				e.Host, e.Relay, e.SameSite = host, "wss://"+host, host == "zap.kitchen"
				es = append(es, e)
			}
		}
		for _, person := range []nostr.PubKey{bea, carl} {
			es = append(es, effect.Effect{Op: privyseal.OpNip44Decrypt, Kind: -1, Person: person, Base: l, Level: l})
		}
	}
	return es
}

const endless = 3000

// uses is how often an effect is allowed in a row, by the reference model, until
// it is asked; spent is what is used already, and is added to.
func uses(in policy.Input, e effect.Effect, spent policy.Spent) int {
	in.Effect, in.Spent = e, spent
	budgets := map[string]int{}
	for _, g := range policy.Budgeted(in.App, in.Grants) {
		budgets[g.ID] = g.Permission.Budget.N
	}
	n := 0
	for model(in) == privyseal.Allow {
		d := policy.Decide(in)
		if len(d.Spend) == 0 {
			return endless
		}
		id := d.Spend[0]
		n += budgets[id] - spent[id]
		spent[id] = budgets[id] - 1 // nothing else changes until the last one
		if model(in) != privyseal.Allow {
			return -1
		}
		spent[id]++
	}
	return n
}

func drawPolicy(t *rapid.T) policy.Input {
	in := input(effect.Effect{})
	in.App.Preset = rapid.SampledFrom([]string{"", "ask", "sign-in", "social", "messages", "trusted"}).Draw(t, "preset")
	all := universe()
	for i := range rapid.IntRange(0, 4).Draw(t, "grants") {
		g := drawGrant(t, i, rapid.SampledFrom(all).Draw(t, "about"))
		g.App, g.Until, g.Permission.For = in.App.ID, time.Time{}, 0
		if b := &g.Permission.Budget; *b != (nip46.Budget{}) {
			b.N, b.Per = max(1, b.N), time.Hour
		}
		switch { // what can be given
		case g.Permission.Kind == nil && g.Reach != privyseal.LevelUnknown:
			g.Reach = privyseal.L2
		case g.Reach != privyseal.LevelUnknown:
			g.Reach = max(privyseal.L1, g.Reach)
		}
		in.Grants = append(in.Grants, g)
	}
	return in
}

// What is learnt allows exactly what was approved, beside what was allowed
// before, by the reference model: no more of it, nothing else, and never what
// is serious.
func TestLearntIsWhatWasApproved(t *testing.T) {
	const span = time.Hour
	all, learnt := universe(), 0
	rapid.Check(t, func(t *rapid.T) {
		in := drawPolicy(t)
		spent, lessons, approved := policy.Spent{}, []policy.Lesson(nil), map[int]int{}
		for range rapid.IntRange(1, 4).Draw(t, "approved") {
			i := rapid.IntRange(0, len(all)-1).Draw(t, "what")
			uses(in, all[i], spent)
			at := in
			at.Effect, at.Spent = all[i], spent
			l, not := policy.LessonOf(at)
			if not != "" {
				continue
			}
			n := rapid.IntRange(1, 3).Draw(t, "times")
			l.Times = n
			lessons = append(lessons, l)
			approved[i] += n
		}
		next := in
		next.Grants = append([]privyseal.Grant(nil), in.Grants...)
		for i, g := range policy.Propose(in.App, in.Grants, lessons, span) {
			g.ID, g.Given = fmt.Sprint("learnt", i), in.Now
			if g.Reach.AtLeast(privyseal.L3) || g.Verdict != privyseal.Allow || (g.Permission.Budget.N < 1) != (g.Permission.Budget == nip46.Budget{}) || g.Permission.For != 30*24*time.Hour {
				t.Fatalf("learnt %+v", g)
			}
			if ps, err := nip46.ParsePermissions(g.Permission.String()); err != nil || len(ps) != 1 {
				t.Fatalf("%s cannot be written: %v", g.Permission, err)
			}
			next.Grants = append(next.Grants, g)
			learnt++
		}
		for i, e := range all {
			before, now, about := uses(in, e, policy.Spent{}), uses(next, e, policy.Spent{}), 0
			for _, l := range lessons {
				about += teaches(in, l, e)
			}
			if about > 0 && e.Base == privyseal.L0 { // a consent is all it takes
				about = endless
			}
			if now < before+min(approved[i], endless-before) || now > before+about || about == 0 && now != before {
				t.Fatalf("%+v\nmay be done %d times, %d before, approved %d (about it: %d)\nold %+v\nnew %+v\nlessons %+v",
					e, now, before, approved[i], about, in.Grants, next.Grants[len(in.Grants):], lessons)
			}
			was, is := in, next
			was.Effect, is.Effect, was.Spent, is.Spent = e, e, maps.Clone(spent), maps.Clone(spent)
			if e.Base == privyseal.L3 && model(was) != model(is) {
				t.Fatalf("what is serious is %v, no longer %v", model(is), model(was))
			}
		}
	})
	if learnt == 0 {
		t.Error("nothing was learnt")
	}
}

// teaches is how much more a lesson allows of an effect: what it is about, or
// what shares the budget that was used up.
func teaches(in policy.Input, l policy.Lesson, e effect.Effect) int {
	perm, reach := l.Permission(), max(l.Like.Base, privyseal.L1)
	for _, g := range append(policy.PresetGrants(in.App), in.Grants...) {
		if "grant:"+g.ID == l.Rule || strings.HasPrefix(g.ID, l.Rule+"@") {
			perm, reach = g.Permission, privyseal.L2
		}
	}
	e.Base = max(e.Base, privyseal.L1)
	if speaks(claim{perm: perm, verdict: privyseal.Allow, reach: reach}, e) {
		return l.Times
	}
	return 0
}
