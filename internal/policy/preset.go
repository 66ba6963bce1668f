package policy

import (
	"iter"
	"slices"
	"time"

	"github.com/privyseal/privyseal"
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
	for _, p := range presets {
		if p.Name == name {
			return p, true
		}
	}
	return PresetInfo{}, false
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
	p, _ := Preset(app.Preset)
	grants := make([]privyseal.Grant, len(p.Lines))
	for i := range p.Lines {
		grants[i] = p.Lines[i].rule(p.Name, &app).grant
	}
	return grants
}

// Budgeted is every grant of the app, also of its preset, whose use is
// counted: what [Spent] must be read for, and what [privyseal.Decision.Spend]
// may name.
func Budgeted(app privyseal.App, grants []privyseal.Grant) []privyseal.Grant {
	var counted []privyseal.Grant
	for i := range grants {
		if g := &grants[i]; g.App == app.ID && limited(g.Permission) {
			counted = append(counted, *g)
		}
	}
	p, _ := Preset(app.Preset)
	for i := range p.Lines {
		if limited(p.Lines[i].Permission) {
			counted = append(counted, p.Lines[i].rule(p.Name, &app).grant)
		}
	}
	return counted
}

// rulesOf is the lines of the app's preset; none when no preset has its name.
func rulesOf(app *privyseal.App) iter.Seq[rule] {
	return func(yield func(rule) bool) {
		p, _ := Preset(app.Preset)
		for i := range p.Lines {
			if !yield(p.Lines[i].rule(p.Name, app)) {
				return
			}
		}
	}
}

// rule is the line as a rule of one app.
func (l *Line) rule(preset string, app *privyseal.App) rule {
	id := "preset:" + preset + "/" + l.ID
	return rule{
		grant: privyseal.Grant{
			ID: id + "@" + app.ID, App: app.ID, Permission: l.Permission,
			Verdict: l.Verdict, Given: app.Created, Origin: "preset",
		},
		id: id, consent: ReasonPreset, reach: l.Reach, sameSite: l.SameSite,
	}
}
