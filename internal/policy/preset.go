package policy

import (
	"slices"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// DefaultPreset is the preset of apps for which the person chose none.
const DefaultPreset = "social"

// Line is one rule of a preset.
type Line struct {
	ID         string // unique in its preset
	Permission nip46.Permission
	Verdict    privyseal.Verdict
	Reach      privyseal.Level // the highest level a consent covers
	SameSite   bool            // fits only the app's checked host
}

// PresetInfo is a named set of rules.
type PresetInfo struct {
	Name  string
	Lines []Line
}

// presets are all there are, the narrowest first. Nobody changes them.
var presets = []PresetInfo{
	{"ask", ask()},
	{"sign-in", signIn()},
	{"social", social()},
	{"messages", slices.Concat(social(), messages())},
	{"trusted", trusted()},
}

// Presets names all presets, the narrowest first.
func Presets() []string {
	names := make([]string, len(presets))
	for i, p := range presets {
		names[i] = p.Name
	}
	return names
}

// Preset is the preset of that name. Its lines are not to be changed.
func Preset(name string) (PresetInfo, bool) {
	p := presetOf(name)
	return *p, p != &none
}

// none is the preset that no name names: it has no lines.
var none PresetInfo

func presetOf(name string) *PresetInfo {
	for i := range presets {
		if p := &presets[i]; p.Name == name {
			return p
		}
	}
	return &none
}

func ask() []Line {
	return []Line{
		{ID: "sign", Permission: method(nip46.SignEvent), Verdict: privyseal.Ask},
		{ID: "seal", Permission: method(nip46.Nip44Encrypt), Verdict: privyseal.Ask},
		{ID: "open", Permission: method(nip46.Nip44Decrypt), Verdict: privyseal.Ask},
		{ID: "seal-old", Permission: method(nip46.Nip04Encrypt), Verdict: privyseal.Ask},
		{ID: "open-old", Permission: method(nip46.Nip04Decrypt), Verdict: privyseal.Ask},
	}
}

func signIn() []Line {
	return []Line{
		{ID: "relay-login", Permission: kind(22242), Verdict: privyseal.Allow, Reach: privyseal.L0},
		{ID: "web-login", Permission: hourly(kind(27235), 60), Verdict: privyseal.Allow, Reach: privyseal.L2, SameSite: true},
	}
}

func social() []Line {
	return append(signIn(),
		Line{ID: "notes", Permission: hourly(kind(1), 20), Verdict: privyseal.Allow, Reach: privyseal.L1},
		Line{ID: "comments", Permission: hourly(kind(1111), 20), Verdict: privyseal.Allow, Reach: privyseal.L1},
		Line{ID: "reposts", Permission: hourly(kind(6), 20), Verdict: privyseal.Allow, Reach: privyseal.L1},
		Line{ID: "other-reposts", Permission: hourly(kind(16), 20), Verdict: privyseal.Allow, Reach: privyseal.L1},
		Line{ID: "reactions", Permission: hourly(kind(7), 120), Verdict: privyseal.Allow, Reach: privyseal.L1},
		Line{ID: "site-reactions", Permission: hourly(kind(17), 60), Verdict: privyseal.Allow, Reach: privyseal.L1},
	)
}

func messages() []Line {
	return []Line{
		{ID: "sealed", Permission: hourly(kind(13), 60), Verdict: privyseal.Allow, Reach: privyseal.L2},
		{ID: "seal", Permission: hourly(method(nip46.Nip44Encrypt), 240), Verdict: privyseal.Allow, Reach: privyseal.L2},
		{ID: "open", Permission: hourly(method(nip46.Nip44Decrypt), 600), Verdict: privyseal.Allow, Reach: privyseal.L2},
	}
}

func trusted() []Line {
	lines := ask()
	for i := range lines {
		lines[i].Verdict, lines[i].Reach = privyseal.Allow, privyseal.L2
	}
	return lines
}

func method(m nip46.Method) nip46.Permission { return nip46.Permission{Method: m} }

func kind(k nostr.Kind) nip46.Permission {
	return nip46.Permission{Method: nip46.SignEvent, Kind: &k}
}

func hourly(p nip46.Permission, n int) nip46.Permission {
	p.Budget = nip46.Budget{N: n, Per: time.Hour}
	return p
}

// PresetGrants is the app's preset as grants, given when the app was paired.
// Their ids are unique per app, so that their budgets can be kept.
func PresetGrants(app privyseal.App) []privyseal.Grant {
	p := presetOf(app.Preset)
	grants := make([]privyseal.Grant, len(p.Lines))
	for i := range p.Lines {
		r := p.rule(i, &app)
		grants[i] = r.grant()
	}
	return grants
}

// Budgeted is every grant of the app, also of its preset, whose use is
// counted: what [Spent] must be read for, and what [privyseal.Decision.Spend]
// may name.
func Budgeted(app privyseal.App, grants []privyseal.Grant) []privyseal.Grant {
	return budgeted(&app, grants, func(*nip46.Permission) bool { return true })
}

// BudgetedFor is those of [Budgeted] that may decide about an effect.
func BudgetedFor(e *effect.Effect, app *privyseal.App, grants []privyseal.Grant) []privyseal.Grant {
	return budgeted(app, grants, func(p *nip46.Permission) bool { return speaks(p, e) })
}

func budgeted(app *privyseal.App, grants []privyseal.Grant, wanted func(*nip46.Permission) bool) []privyseal.Grant {
	var counted []privyseal.Grant
	for i := range grants {
		if g := &grants[i]; g.App == app.ID && limited(&g.Permission) && wanted(&g.Permission) {
			counted = append(counted, *g)
		}
	}
	p := presetOf(app.Preset)
	for i := range p.Lines {
		if l := &p.Lines[i]; limited(&l.Permission) && wanted(&l.Permission) {
			r := p.rule(i, app)
			counted = append(counted, r.grant())
		}
	}
	return counted
}

// presetOrigin is where a preset's grants come from.
const presetOrigin = "preset"

// rule is a line as a rule of one app.
func (p *PresetInfo) rule(line int, app *privyseal.App) rule {
	l := &p.Lines[line]
	return rule{
		permission: &l.Permission, verdict: l.Verdict, reach: l.Reach, sameSite: l.SameSite,
		line: l, preset: p, app: app,
	}
}
