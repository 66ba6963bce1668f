package policy_test

import (
	"fmt"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"pgregory.net/rapid"
)

var (
	bea     = nostr.PubKey{31: 1}
	carl    = nostr.PubKey{31: 2}
	targets = []string{"", "", "wss://relay.example", "relay.example", "zap.kitchen", bea.String(), carl.String()}
	kinds   = []int{1, 1, 7, 13, 16, 17, 6, 1111, 0, 22242, 27235, 24242, 50}
	instant = []time.Time{t0.Add(-time.Hour), t0, t0.Add(time.Nanosecond), t0.Add(time.Hour)}
)

// drawInput mostly draws what reaches the grants, from few values so that
// rules and requests meet.
func drawInput(t *rapid.T) policy.Input {
	pick := func(name string, odds int) bool { return rapid.IntRange(0, odds).Draw(t, name) == 0 }
	app := privyseal.App{
		ID: "app", Identity: "ana", State: privyseal.AppActive, Created: t0.Add(-time.Hour),
		Preset: rapid.SampledFrom([]string{"", "nonsense", "ask", "sign-in", "social", "messages", "trusted"}).Draw(t, "preset"),
	}
	in := policy.Input{Now: t0, App: app, Identity: privyseal.Identity{ID: "ana"}, Effect: drawEffect(t), Spent: policy.Spent{}}
	if pick("odd app", 9) {
		in.App.State = privyseal.AppState(rapid.IntRange(0, 7).Draw(t, "state"))
		in.App.Ends = rapid.SampledFrom(append(instant, time.Time{})).Draw(t, "ends")
		in.App.ID = rapid.SampledFrom([]string{"app", "app", ""}).Draw(t, "id")
		in.Identity.ID = rapid.SampledFrom([]string{"ana", "ana", "bob", ""}).Draw(t, "identity")
		in.App.Identity = rapid.SampledFrom([]string{"ana", "ana", ""}).Draw(t, "of")
		in.Now = rapid.SampledFrom([]time.Time{t0, t0, {}}).Draw(t, "now")
	}
	for i := range rapid.IntRange(0, 5).Draw(t, "grants") {
		in.Grants = append(in.Grants, drawGrant(t, i, in.Effect))
	}
	for _, g := range policy.Budgeted(in.App, in.Grants) {
		in.Spent[g.ID] = g.Permission.Budget.N + rapid.IntRange(-1, 1).Draw(t, "used")
	}
	return in
}

func drawEffect(t *rapid.T) effect.Effect {
	e := effect.Effect{
		Op:       rapid.SampledFrom(append(privyseal.Operations, privyseal.OpUnknown, 99, privyseal.OpSignEvent, privyseal.OpSignEvent)).Draw(t, "op"),
		Kind:     -1,
		Base:     privyseal.Level(rapid.IntRange(0, 6).Draw(t, "base")),
		SameSite: rapid.Bool().Draw(t, "same site"),
		Person:   rapid.SampledFrom([]nostr.PubKey{bea, carl}).Draw(t, "person"),
		Host:     rapid.SampledFrom([]string{"relay.example", "zap.kitchen"}).Draw(t, "host"),
		Relay:    "wss://relay.example",
		Guard:    rapid.SampledFrom([]string{"", "", "", "", "clock"}).Draw(t, "guard"),
		Blocked:  rapid.SampledFrom([]string{"", "", "", "", "", "own-key"}).Draw(t, "blocked"),
	}
	if e.Op == privyseal.OpSignEvent {
		e.Kind = rapid.SampledFrom(append(kinds, -1, 65536)).Draw(t, "kind")
	}
	e.Level = e.Base
	if rapid.IntRange(0, 4).Draw(t, "young") == 0 {
		e.Level++
	}
	return e
}

func drawGrant(t *rapid.T, i int, e effect.Effect) privyseal.Grant {
	p := nip46.Permission{Method: e.Op.Method(), Target: rapid.SampledFrom(targets).Draw(t, "target")}
	if rapid.IntRange(0, 5).Draw(t, "other method") == 0 {
		p.Method = rapid.SampledFrom([]nip46.Method{nip46.SignEvent, nip46.Nip44Decrypt}).Draw(t, "method")
	}
	if p.Method == nip46.SignEvent && rapid.Bool().Draw(t, "with kind") {
		k := nostr.Kind(max(0, e.Kind))
		if rapid.IntRange(0, 3).Draw(t, "other kind") == 0 {
			k = nostr.Kind(rapid.SampledFrom(kinds).Draw(t, "granted kind"))
		}
		p.Kind = &k
	}
	if rapid.Bool().Draw(t, "limited") {
		p.Budget = nip46.Budget{N: rapid.IntRange(0, 3).Draw(t, "n"), Per: rapid.SampledFrom([]time.Duration{0, time.Hour}).Draw(t, "per")}
	}
	p.For = rapid.SampledFrom([]time.Duration{0, 0, 0, time.Hour, time.Hour + 1}).Draw(t, "for")
	return privyseal.Grant{
		ID: fmt.Sprint("g", i), App: rapid.SampledFrom([]string{"app", "app", "app", "app", "other"}).Draw(t, "app of grant"),
		Permission: p,
		Verdict:    rapid.SampledFrom([]privyseal.Verdict{privyseal.Allow, privyseal.Allow, privyseal.Ask, privyseal.Refuse}).Draw(t, "verdict"),
		Given:      rapid.SampledFrom([]time.Time{t0.Add(-time.Hour), t0}).Draw(t, "given"),
		Until:      rapid.SampledFrom(append(instant, time.Time{}, time.Time{}, time.Time{})).Draw(t, "until"),
		Reach:      rapid.SampledFrom([]privyseal.Level{0, 0, 0, privyseal.L0, privyseal.L1, privyseal.L2, privyseal.L3, privyseal.L4}).Draw(t, "reach"),
	}
}
