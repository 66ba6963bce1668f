package policy_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := f.Value.Set("3000"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func sign(kind int, l privyseal.Level) effect.Effect {
	return effect.Effect{Op: privyseal.OpSignEvent, Kind: kind, Level: l, Base: l}
}

func input(e effect.Effect, grants ...privyseal.Grant) policy.Input {
	return policy.Input{
		Effect: e, Now: t0, Grants: grants,
		App:      privyseal.App{ID: "app", Identity: "ana", State: privyseal.AppActive, Created: t0.Add(-time.Hour)},
		Identity: privyseal.Identity{ID: "ana"},
	}
}

// g reads "allow sign_event:1".
func g(id string, v privyseal.Verdict, perm string) privyseal.Grant {
	ps, err := nip46.ParsePermissions(perm)
	if err != nil || len(ps) != 1 {
		panic(perm)
	}
	return privyseal.Grant{ID: id, App: "app", Permission: ps[0], Verdict: v, Given: t0.Add(-30 * time.Minute), Origin: "answer"}
}

const (
	allow  = privyseal.Allow
	ask    = privyseal.Ask
	refuse = privyseal.Refuse
)

func with(in policy.Input, change func(*policy.Input)) policy.Input { change(&in); return in }

func TestDecide(t *testing.T) {
	note, login := sign(1, privyseal.L1), sign(22242, privyseal.L2)
	login.Relay, login.Host = "wss://relay.example", "relay.example"
	clocked := note
	clocked.Guard = "clock"
	everyday := sign(22242, privyseal.L0)
	everyday.Relay, everyday.Host = login.Relay, login.Host
	everydayGuarded := everyday
	everydayGuarded.Guard = "clock"
	young := note
	young.Level = privyseal.L2
	youngFollows := sign(50, privyseal.L2)
	youngFollows.Level = privyseal.L3
	blocked := note
	blocked.Blocked = "secret-in-text"
	read := effect.Effect{Op: privyseal.OpNip44Decrypt, Kind: -1, Level: privyseal.L2, Base: privyseal.L2, Person: bea}
	state := func(s privyseal.AppState) policy.Input {
		return with(input(note, g("a", allow, "sign_event:1")), func(in *policy.Input) { in.App.State = s })
	}
	preset := func(name string, e effect.Effect, gs ...privyseal.Grant) policy.Input {
		return with(input(e, gs...), func(in *policy.Input) { in.App.Preset = name })
	}
	web := sign(27235, privyseal.L2)
	web.Host, web.SameSite = "zap.kitchen", true
	webElsewhere := web
	webElsewhere.SameSite = false

	for name, c := range map[string]struct {
		in           policy.Input
		want         privyseal.Verdict
		reason, rule string
	}{
		"zero":             {policy.Input{}, refuse, "unknown-app", "builtin:unknown-app"},
		"zero but effect":  {policy.Input{Effect: note}, refuse, "unknown-app", "builtin:unknown-app"},
		"zero effect":      {input(effect.Effect{}), refuse, "unsupported", "builtin:unsupported"},
		"unknown state":    {state(privyseal.AppUnknown), refuse, "unknown-app", "builtin:unknown-app"},
		"paused":           {state(privyseal.AppPaused), refuse, "paused", "builtin:paused"},
		"revoked":          {state(privyseal.AppRevoked), refuse, "revoked", "builtin:revoked"},
		"expired":          {state(privyseal.AppExpired), refuse, "expired", "builtin:expired"},
		"logged out":       {state(privyseal.AppLoggedOut), refuse, "logged-out", "builtin:logged-out"},
		"state to come":    {state(99), refuse, "unknown-app", "builtin:unknown-app"},
		"ended just now":   {with(input(note, g("a", allow, "sign_event:1")), func(in *policy.Input) { in.App.Ends = t0 }), refuse, "expired", "builtin:expired"},
		"ends in a moment": {with(input(note, g("a", allow, "sign_event:1")), func(in *policy.Input) { in.App.Ends = t0.Add(1) }), allow, "granted", "grant:a"},
		"no clock":         {with(input(note), func(in *policy.Input) { in.Now = time.Time{} }), refuse, "no-clock", "builtin:no-clock"},
		"other identity":   {with(input(note), func(in *policy.Input) { in.Identity.ID = "bob" }), refuse, "identity", "builtin:identity"},
		"no identity":      {with(input(note), func(in *policy.Input) { in.Identity.ID, in.App.Identity = "", "" }), refuse, "identity", "builtin:identity"},
		"level unknown":    {input(sign(1, 0), g("a", allow, "sign_event:1")), refuse, "blocked", "builtin:level-4"},
		"level 4":          {input(sign(62, privyseal.L4), g("a", allow, "sign_event:62")), refuse, "blocked", "builtin:level-4"},
		"base level 4":     {with(input(note, g("a", allow, "sign_event:1")), func(in *policy.Input) { in.Effect.Base = privyseal.L4 }), refuse, "blocked", "builtin:level-4"},
		"only level 4":     {with(input(note, g("a", allow, "sign_event:1")), func(in *policy.Input) { in.Effect.Level = privyseal.L4 }), refuse, "blocked", "builtin:level-4"},
		"blocked":          {input(blocked, g("a", allow, "sign_event:1")), refuse, "blocked", "builtin:secret-in-text"},
		"kind too small":   {input(sign(-1, privyseal.L1), g("a", allow, "sign_event")), refuse, "blocked", "builtin:invalid"},
		"kind too big":     {input(sign(65536, privyseal.L1), g("a", allow, "sign_event")), refuse, "blocked", "builtin:invalid"},
		"smallest kind":    {input(sign(0, privyseal.L2), g("a", allow, "sign_event")), allow, "granted", "grant:a"},
		"biggest kind":     {input(sign(65535, privyseal.L2), g("a", allow, "sign_event")), allow, "granted", "grant:a"},

		"default":                {input(note), ask, "no-grant", "builtin:no-grant"},
		"default at L0":          {input(everyday), allow, "everyday", "builtin:everyday"},
		"L0 guarded":             {input(everydayGuarded), ask, "guard", "builtin:clock"},
		"kind":                   {input(note, g("a", allow, "sign_event:1")), allow, "granted", "grant:a"},
		"other kind":             {input(note, g("a", allow, "sign_event:7")), ask, "no-grant", "builtin:no-grant"},
		"kind up to L3":          {input(sign(50, privyseal.L3), g("a", allow, "sign_event:50")), allow, "granted", "grant:a"},
		"method up to L2":        {input(sign(50, privyseal.L2), g("a", allow, "sign_event")), allow, "granted", "grant:a"},
		"method not L3":          {input(sign(50, privyseal.L3), g("a", allow, "sign_event")), ask, "no-grant", "builtin:no-grant"},
		"youth never overrides":  {input(youngFollows, g("a", allow, "sign_event")), allow, "granted", "grant:a"},
		"guard asks":             {input(clocked, g("a", allow, "sign_event:1")), ask, "guard", "builtin:clock"},
		"guard never softens":    {input(clocked, g("a", refuse, "sign_event:1")), refuse, "refused", "grant:a"},
		"guard and ask":          {input(clocked, g("a", ask, "sign_event:1")), ask, "asked", "grant:a"},
		"no verdict":             {input(note, g("a", 0, "sign_event:1")), refuse, "refused", "grant:a"},
		"strange verdict":        {input(note, g("a", 9, "sign_event:1")), refuse, "refused", "grant:a"},
		"refusal of L0":          {input(everyday, g("a", refuse, "sign_event:22242")), refuse, "refused", "grant:a"},
		"refusal ties":           {input(note, g("a", allow, "sign_event:1"), g("b", ask, "sign_event:1"), g("c", refuse, "sign_event:1")), refuse, "refused", "grant:c"},
		"question ties":          {input(note, g("a", allow, "sign_event:1"), g("b", ask, "sign_event:1")), ask, "asked", "grant:b"},
		"narrow consent":         {input(note, g("a", refuse, "sign_event"), g("b", allow, "sign_event:1")), allow, "granted", "grant:b"},
		"narrow refusal":         {input(note, g("a", allow, "sign_event"), g("b", refuse, "sign_event:1")), refuse, "refused", "grant:b"},
		"target over kind":       {input(login, g("a", refuse, "sign_event:22242"), g("b", allow, "sign_event:22242@wss://relay.example")), allow, "granted", "grant:b"},
		"kind over target":       {input(login, g("a", allow, "sign_event@wss://relay.example"), g("b", refuse, "sign_event:22242")), refuse, "refused", "grant:b"},
		"target over method":     {input(login, g("a", refuse, "sign_event"), g("b", allow, "sign_event@wss://relay.example")), allow, "granted", "grant:b"},
		"relay by its host":      {input(login, g("a", allow, "sign_event:22242@relay.example")), allow, "granted", "grant:a"},
		"other relay":            {input(login, g("a", allow, "sign_event:22242@wss://other.example")), ask, "no-grant", "builtin:no-grant"},
		"web host":               {input(web, g("a", allow, "sign_event:27235@zap.kitchen")), allow, "granted", "grant:a"},
		"person":                 {input(read, g("a", allow, "nip44_decrypt@"+bea.String())), allow, "granted", "grant:a"},
		"other person":           {input(read, g("a", allow, "nip44_decrypt@0000000000000000000000000000000000000000000000000000000000000002")), ask, "no-grant", "builtin:no-grant"},
		"nip04 is not nip44":     {input(read, g("a", allow, "nip04_decrypt")), ask, "no-grant", "builtin:no-grant"},
		"sealing is not opening": {input(read, g("a", allow, "nip44_encrypt")), ask, "no-grant", "builtin:no-grant"},
		"grant of another app":   {with(input(note, g("a", allow, "sign_event:1")), func(in *policy.Input) { in.Grants[0].App = "b" }), ask, "no-grant", "builtin:no-grant"},
		"until now":              {with(input(note, g("a", allow, "sign_event:1")), func(in *policy.Input) { in.Grants[0].Until = t0 }), ask, "no-grant", "builtin:no-grant"},
		"until soon":             {with(input(note, g("a", allow, "sign_event:1")), func(in *policy.Input) { in.Grants[0].Until = t0.Add(1) }), allow, "granted", "grant:a"},
		"for half an hour, over": {input(note, g("a", allow, "sign_event:1~30m")), ask, "no-grant", "builtin:no-grant"},
		"for longer":             {input(note, g("a", allow, "sign_event:1~31m")), allow, "granted", "grant:a"},
		"ended refusal":          {input(note, g("a", refuse, "sign_event:1~30m"), g("b", allow, "sign_event")), allow, "granted", "grant:b"},

		"preset":                   {preset("social", note), allow, "preset", "preset:social/notes"},
		"young app, preset":        {preset("social", young), allow, "preset", "preset:social/notes"},
		"preset's reach":           {preset("social", sign(1, privyseal.L2)), ask, "no-grant", "builtin:no-grant"},
		"preset unknown":           {preset("everything", note), ask, "no-grant", "builtin:no-grant"},
		"grant before preset":      {preset("trusted", note, g("a", ask, "sign_event")), ask, "asked", "grant:a"},
		"preset ask":               {preset("ask", everyday), ask, "asked", "preset:ask/sign"},
		"sign-in, no notes":        {preset("sign-in", note), ask, "no-grant", "builtin:no-grant"},
		"sign-in at its site":      {preset("sign-in", web), allow, "preset", "preset:sign-in/web-login"},
		"sign-in elsewhere":        {preset("sign-in", webElsewhere), ask, "no-grant", "builtin:no-grant"},
		"foreign relay is asked":   {preset("social", login), ask, "no-grant", "builtin:no-grant"},
		"social, no reading":       {preset("social", read), ask, "no-grant", "builtin:no-grant"},
		"messages, reading":        {preset("messages", read), allow, "preset", "preset:messages/open"},
		"trusted up to L2":         {preset("trusted", sign(50, privyseal.L2)), allow, "preset", "preset:trusted/sign"},
		"trusted not L3":           {preset("trusted", sign(50, privyseal.L3)), ask, "no-grant", "builtin:no-grant"},
		"trusted reading":          {preset("trusted", read), allow, "preset", "preset:trusted/open"},
		"grant that reaches short": {preset("trusted", sign(50, privyseal.L3), g("a", allow, "sign_event")), ask, "no-grant", "builtin:no-grant"},
	} {
		t.Run(name, func(t *testing.T) {
			d := policy.Decide(c.in)
			if d.Verdict != c.want || d.Reason != c.reason || d.Rule.ID != c.rule {
				t.Errorf("%v %s %s, want %v %s %s", d.Verdict, d.Reason, d.Rule.ID, c.want, c.reason, c.rule)
			}
			if d.Level != c.in.Effect.Level {
				t.Errorf("level %v, want %v", d.Level, c.in.Effect.Level)
			}
		})
	}
}

func TestControlMethodsOfActiveApps(t *testing.T) {
	for _, op := range privyseal.Operations {
		if op.Signer() != privyseal.SignerSession {
			continue
		}
		in := input(effect.Effect{Op: op, Kind: -1, Level: privyseal.L0, Base: privyseal.L0}, g("a", refuse, "sign_event"))
		if d := policy.Decide(in); d.Verdict != allow || d.Reason != "control" {
			t.Errorf("%v: %+v", op, d)
		}
		in.App.State = privyseal.AppPaused
		if d := policy.Decide(in); d.Verdict != refuse || d.Reason != "paused" {
			t.Errorf("%v of a paused app: %+v", op, d)
		}
	}
}

func TestDecisionNamesItsRule(t *testing.T) {
	grant := g("a", allow, "sign_event:1#20/h")
	d := policy.Decide(input(sign(1, privyseal.L1), grant))
	want := privyseal.Rule{ID: "grant:a", Text: "allow sign_event:1#20/h", Origin: "answer", Given: grant.Given}
	if d.Rule != want {
		t.Errorf("%+v, want %+v", d.Rule, want)
	}
	in := input(sign(1, privyseal.L1))
	in.App.Preset = "social"
	want = privyseal.Rule{ID: "preset:social/notes", Text: "allow sign_event:1#20/h", Origin: "preset", Given: in.App.Created}
	if d := policy.Decide(in); d.Rule != want {
		t.Errorf("%+v, want %+v", d.Rule, want)
	}
}

func TestBudgets(t *testing.T) {
	note := sign(1, privyseal.L1)
	a, b, free := g("a", allow, "sign_event:1#2/h"), g("b", allow, "sign_event:1#5/h"), g("free", allow, "sign_event:1")
	b.Given = a.Given.Add(time.Second)
	twin := g("A", allow, "sign_event:1#2/h")
	later := free
	later.ID, later.Given = "early", a.Given.Add(-time.Minute)
	younger := free
	younger.ID, younger.Given = "young", a.Given.Add(time.Minute)
	for name, c := range map[string]struct {
		grants []privyseal.Grant
		spent  policy.Spent
		want   privyseal.Verdict
		rule   string
		reason string
		spend  []string
	}{
		"left":                   {[]privyseal.Grant{a}, policy.Spent{"a": 1}, allow, "grant:a", "granted", []string{"a"}},
		"never used":             {[]privyseal.Grant{a}, nil, allow, "grant:a", "granted", []string{"a"}},
		"used up":                {[]privyseal.Grant{a}, policy.Spent{"a": 2}, ask, "grant:a", "budget", nil},
		"over":                   {[]privyseal.Grant{a}, policy.Spent{"a": 3}, ask, "grant:a", "budget", nil},
		"the older first":        {[]privyseal.Grant{b, a}, nil, allow, "grant:a", "granted", []string{"a"}},
		"then the newer":         {[]privyseal.Grant{b, a}, policy.Spent{"a": 2}, allow, "grant:b", "granted", []string{"b"}},
		"both used up":           {[]privyseal.Grant{b, a}, policy.Spent{"a": 2, "b": 5}, ask, "grant:a", "budget", nil},
		"by id":                  {[]privyseal.Grant{a, twin}, nil, allow, "grant:A", "granted", []string{"A"}},
		"a free one":             {[]privyseal.Grant{a, later, free}, nil, allow, "grant:early", "granted", nil},
		"a free one by age":      {[]privyseal.Grant{free, a, later}, nil, allow, "grant:early", "granted", nil},
		"a free one given later": {[]privyseal.Grant{a, younger}, nil, allow, "grant:young", "granted", nil},
		"a limit on a wide":      {[]privyseal.Grant{g("w", allow, "sign_event"), a}, policy.Spent{"a": 2}, ask, "grant:a", "budget", nil},
	} {
		in := input(note, c.grants...)
		in.Spent, in.App.Preset = c.spent, "social"
		d := policy.Decide(in)
		if d.Verdict != c.want || d.Rule.ID != c.rule || d.Reason != c.reason || !slices.Equal(d.Spend, c.spend) {
			t.Errorf("%s: %+v", name, d)
		}
	}
	zero := g("z", allow, "sign_event:1")
	zero.Permission.Budget = nip46.Budget{Per: time.Hour}
	if d := policy.Decide(input(note, zero)); d.Verdict != ask || d.Reason != "budget" {
		t.Errorf("a budget of none: %+v", d)
	}
}

func TestPresetBudgetsAreTheAppsOwn(t *testing.T) {
	in := input(sign(1, privyseal.L1))
	in.App.Preset = "social"
	d := policy.Decide(in)
	if !slices.Equal(d.Spend, []string{"preset:social/notes@app"}) {
		t.Fatalf("spends %q", d.Spend)
	}
	in.Spent = policy.Spent{d.Spend[0]: 20}
	if d := policy.Decide(in); d.Verdict != ask || d.Reason != "budget" {
		t.Errorf("used up: %+v", d)
	}
	mine, other := g("a", allow, "sign_event:1#2/h"), g("b", allow, "sign_event:1#2/h")
	other.App = "other"
	var ids []string
	for _, g := range policy.Budgeted(in.App, []privyseal.Grant{mine, other, g("c", allow, "sign_event:7")}) {
		ids = append(ids, g.ID)
		if g.App != "app" || g.Permission.Budget.N == 0 {
			t.Errorf("%+v", g)
		}
	}
	want := []string{"a", "preset:social/web-login@app", "preset:social/notes@app", "preset:social/comments@app", "preset:social/reposts@app",
		"preset:social/other-reposts@app", "preset:social/reactions@app", "preset:social/site-reactions@app"}
	if !slices.Equal(ids, want) {
		t.Errorf("counted: %q", ids)
	}
	e := sign(7, privyseal.L1)
	ids = nil
	for _, g := range policy.BudgetedFor(&e, &in.App, []privyseal.Grant{mine, g("d", allow, "sign_event:7#2/h")}) {
		ids = append(ids, g.ID)
	}
	if want := []string{"d", "preset:social/reactions@app"}; !slices.Equal(ids, want) {
		t.Errorf("counted for a reaction: %q", ids)
	}
}

func TestWindow(t *testing.T) {
	grant := func(n int, per time.Duration) privyseal.Grant {
		return privyseal.Grant{Given: t0, Permission: nip46.Permission{Budget: nip46.Budget{N: n, Per: per}}}
	}
	for _, c := range []struct {
		per, at, want time.Duration
	}{
		{time.Hour, 0, 0},
		{time.Hour, time.Hour - 1, 0},
		{time.Hour, time.Hour, time.Hour},
		{time.Hour, 150 * time.Minute, 2 * time.Hour},
		{time.Hour, -time.Hour, 0},
		{0, 1000 * time.Hour, 0},
		{-1, 1000 * time.Hour, 0},
		{1, 7, 7},
	} {
		if got := policy.Window(grant(5, c.per), t0.Add(c.at)).Sub(t0); got != c.want {
			t.Errorf("per %v, at %v: window begins at %v, want %v", c.per, c.at, got, c.want)
		}
	}
}

// R7: these ask in every preset but trusted, unless they were granted.
func TestProtectedKindsAsk(t *testing.T) {
	for _, name := range []string{"", "ask", "sign-in", "social", "messages"} {
		for _, k := range []nostr.Kind{0, 3, 5, 10002, 10050, 30078, 22242, 27235, 9734, 1018} {
			r := &privyseal.Request{Op: privyseal.OpSignEvent, Template: &nostr.Template{
				Kind: k, CreatedAt: t0.Unix(),
				Tags: nostr.Tags{{"relay", "wss://foreign.example"}, {"challenge", "c"}, {"u", "https://bank.example/"}, {"method", "GET"}},
			}}
			in := input(effect.Of(r, effect.Facts{Now: t0, CheckedHost: "zap.kitchen"}))
			in.App.Preset = name
			if d := policy.Decide(in); d.Verdict != ask {
				t.Errorf("preset %q, kind %d: %+v", name, k, d)
			}
		}
	}
}

// R9: a stamp more than ten minutes off asks, whatever was granted.
func TestOddStampsAsk(t *testing.T) {
	for off, want := range map[time.Duration]privyseal.Verdict{
		0: allow, 10 * time.Minute: allow, -10 * time.Minute: allow,
		10*time.Minute + time.Second: ask, -10*time.Minute - time.Second: ask, 24 * time.Hour: ask,
	} {
		r := &privyseal.Request{Op: privyseal.OpSignEvent, Template: &nostr.Template{Kind: 1, CreatedAt: t0.Add(off).Unix()}}
		in := input(effect.Of(r, effect.Facts{Now: t0}), g("a", allow, "sign_event:1"))
		in.App.Preset = "trusted"
		if d := policy.Decide(in); d.Verdict != want {
			t.Errorf("%v off: %+v", off, d)
		}
	}
}

func TestPresets(t *testing.T) {
	if !slices.Contains(policy.Presets(), policy.DefaultPreset) {
		t.Error("the default is not a preset")
	}
	if want := []string{"ask", "sign-in", "social", "messages", "trusted"}; !slices.Equal(policy.Presets(), want) {
		t.Errorf("presets %q", policy.Presets())
	}
	for _, name := range policy.Presets() {
		p, ok := policy.Preset(name)
		if !ok || p.Name != name || len(p.Lines) == 0 {
			t.Fatalf("%s: %+v", name, p)
		}
		ids := map[string]bool{}
		for _, l := range p.Lines {
			if ids[l.ID] || l.ID == "" {
				t.Errorf("%s: id %q is not unique", name, l.ID)
			}
			ids[l.ID] = true
			if l.Verdict == allow && l.Reach.AtLeast(privyseal.L3) {
				t.Errorf("%s/%s reaches %v", name, l.ID, l.Reach)
			}
		}
		app := privyseal.App{ID: "x", Preset: name, Created: t0}
		for i, g := range policy.PresetGrants(app) {
			if want := "preset:" + name + "/" + p.Lines[i].ID + "@x"; g.ID != want || g.App != "x" || g.Verdict != p.Lines[i].Verdict || !g.Given.Equal(t0) {
				t.Errorf("%+v", g)
			}
		}
	}
	got := map[string]string{}
	for _, name := range policy.Presets() {
		p, _ := policy.Preset(name)
		for _, l := range p.Lines {
			got[name] += fmt.Sprintf("%s: %v %v up to %v, same site %v\n", l.ID, l.Verdict, l.Permission, l.Reach, l.SameSite)
		}
	}
	for name, want := range presetLines() {
		if got[name] != want {
			t.Errorf("%s:\n%swant\n%s", name, got[name], want)
		}
	}
	if p, ok := policy.Preset("Social"); ok || p.Lines != nil {
		t.Errorf("a preset of no name: %+v", p)
	}
}

// presetLines is every preset to the letter: a change here changes what apps
// may do unasked.
func presetLines() map[string]string {
	const (
		login = `relay-login: allow sign_event:22242 up to L0, same site false
web-login: allow sign_event:27235#60/h up to L2, same site true
`
		social = login + `notes: allow sign_event:1#20/h up to L1, same site false
comments: allow sign_event:1111#20/h up to L1, same site false
reposts: allow sign_event:6#20/h up to L1, same site false
other-reposts: allow sign_event:16#20/h up to L1, same site false
reactions: allow sign_event:7#120/h up to L1, same site false
site-reactions: allow sign_event:17#60/h up to L1, same site false
`
		messages = `sealed: allow sign_event:13#60/h up to L2, same site false
seal: allow nip44_encrypt#240/h up to L2, same site false
open: allow nip44_decrypt#600/h up to L2, same site false
`
		all = `sign: VERDICT sign_event up to LEVEL, same site false
seal: VERDICT nip44_encrypt up to LEVEL, same site false
open: VERDICT nip44_decrypt up to LEVEL, same site false
seal-old: VERDICT nip04_encrypt up to LEVEL, same site false
open-old: VERDICT nip04_decrypt up to LEVEL, same site false
`
	)
	return map[string]string{
		"ask":      strings.NewReplacer("VERDICT", "ask", "LEVEL", "L4").Replace(all), // no reach: unknown
		"sign-in":  login,
		"social":   social,
		"messages": social + messages,
		"trusted":  strings.NewReplacer("VERDICT", "allow", "LEVEL", "L2").Replace(all),
	}
}

// A consent to every kind stops at L2, whatever it was given for.
func TestReach(t *testing.T) {
	for _, c := range []struct {
		perm  string
		given privyseal.Level
		want  privyseal.Level
	}{
		{"sign_event:1", privyseal.LevelUnknown, privyseal.L3},
		{"sign_event:1", privyseal.L1, privyseal.L1},
		{"sign_event:1", privyseal.L3, privyseal.L3},
		{"sign_event:1", privyseal.L4, privyseal.L3},
		{"sign_event", privyseal.LevelUnknown, privyseal.L2},
		{"sign_event", privyseal.L1, privyseal.L1},
		{"sign_event", privyseal.L3, privyseal.L2},
		{"nip44_decrypt", privyseal.L3, privyseal.L3},
	} {
		grant := g("g", privyseal.Allow, c.perm)
		grant.Reach = c.given
		if got := policy.Reach(grant); got != c.want {
			t.Errorf("%s given for %s reaches %s, want %s", c.perm, c.given, got, c.want)
		}
	}
}
