package words_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

func grant(v privyseal.Verdict, perm string) privyseal.Grant {
	ps, err := nip46.ParsePermissions(perm)
	if err != nil || len(ps) != 1 {
		panic(perm)
	}
	return privyseal.Grant{ID: "g", App: "app", Permission: ps[0], Verdict: v, Given: now}
}

func TestGrant(t *testing.T) {
	until := grant(privyseal.Allow, "sign_event:1#20/h")
	until.Until = time.Date(2026, 5, 3, 18, 0, 0, 0, time.UTC)
	both := grant(privyseal.Allow, "sign_event:1~30d")
	both.Until = time.Date(2026, 5, 20, 0, 0, 0, 0, time.UTC)
	remembered := grant(privyseal.Allow, "sign_event:1")
	remembered.Reach, remembered.Until = privyseal.L2, now.Add(46*time.Hour)
	for want, g := range map[string]privyseal.Grant{
		"May post notes for you, up to 20 an hour, until 3 May.":           until,
		"May post notes for you, until 20 May.":                            both,
		"May post notes for you, until 31 May.":                            grant(privyseal.Allow, "sign_event:1~30d"),
		"May post notes for you, until 1 May 13:00.":                       grant(privyseal.Allow, "sign_event:1~1h"),
		"May post notes for you, until 1 May 2027.":                        grant(privyseal.Allow, "sign_event:1~365d"),
		"May never change your profile.":                                   {Permission: grant(0, "sign_event:0").Permission, Verdict: 77},
		"May act in your name, unless it is serious.":                      grant(privyseal.Allow, "sign_event"),
		"Must ask before it may act in your name.":                         grant(privyseal.Ask, "sign_event"),
		"May save things we don't know (number 31337).":                    grant(privyseal.Allow, "sign_event:31337"),
		"May change your pinned posts.":                                    grant(privyseal.Allow, "sign_event:10001"),
		"May change your bookmarks.":                                       grant(privyseal.Allow, "sign_event:10003"),
		"May log in to websites as you at zap.kitchen.":                    grant(privyseal.Allow, "sign_event:27235@zap.kitchen"),
		"May tell services it's you at wss://relay.example.":               grant(privyseal.Allow, "sign_event:22242@wss://relay.example"),
		"May read your private texts with person 79be667e, up to 3 a day.": grant(privyseal.Allow, "nip44_decrypt@"+bea.String()+"#3/d"),
		"May post notes for you, up to 5 in all.":                          {Permission: nip46.Permission{Method: "sign_event", Kind: new(nostr.Kind(1)), Budget: nip46.Budget{N: 5}}, Verdict: privyseal.Allow},
		"May post notes for you, up to 1,000 every 2 hours.":               {Permission: nip46.Permission{Method: "sign_event", Kind: new(nostr.Kind(1)), Budget: nip46.Budget{N: 1000, Per: 2 * time.Hour}}, Verdict: privyseal.Allow},
		"May never do something we don't know.":                            {Permission: nip46.Permission{Method: "mystery"}, Verdict: privyseal.Allow},
		"May never erase all that you ever posted.":                        grant(privyseal.Allow, "sign_event:62"),
		"May see if you are there.":                                        grant(privyseal.Refuse, "ping"),
		"May never post notes for you.":                                    grant(privyseal.Refuse, "sign_event:1#20/h"),
		"May lock private texts for person 79be667e.":                      grant(privyseal.Allow, "nip44_encrypt@"+bea.String()),
		"May post notes for you, up to 3 every 90 minutes.":                grant(privyseal.Allow, "sign_event:1#3/90m"),
		"May post notes for you, up to 3 every 36 hours.":                  grant(privyseal.Allow, "sign_event:1#3/36h"),
		"May post notes for you, up to 3 every 61 seconds.":                grant(privyseal.Allow, "sign_event:1#3/61s"),
		"May post notes for you, until 3 May 10:00, unless it is serious.": remembered,
		"May act in your name at zap.kitchen, unless it is serious.":       grant(privyseal.Allow, "sign_event@zap.kitchen"),
	} {
		if got := words.English.Grant(g); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestRefusal(t *testing.T) {
	for _, c := range []struct {
		d    privyseal.Decision
		kind privyseal.ErrorKind
		text string
	}{
		{privyseal.Decision{}, "denied", "This is not allowed."},
		{privyseal.Decision{Reason: policy.ReasonPaused}, "denied", "This app is paused."},
		{privyseal.Decision{Reason: policy.ReasonRevoked}, "revoked", "This app was disconnected."},
		{privyseal.Decision{Reason: policy.ReasonExpired}, "expired", "This connection has ended. Connect it again."},
		{privyseal.Decision{Reason: policy.ReasonUnsupported}, "unsupported", "unsupported method"},
		{privyseal.Decision{Reason: policy.ReasonRefused}, "denied", "The person does not allow this."},
		{privyseal.Decision{Reason: words.SaidNo}, "denied", "The person said no."},
		{privyseal.Decision{Reason: words.NoAnswer}, "expired", "Nobody answered in time. Try again."},
		{privyseal.Decision{Reason: words.Locked}, "locked", "The key app is locked. Unlock it and try again."},
		{privyseal.Decision{Reason: "blocked", Rule: privyseal.Rule{ID: "builtin:own-key"}}, "invalid", "It would write to this key app itself. Apps never need this."},
		{privyseal.Decision{Reason: "blocked", Rule: privyseal.Rule{ID: "builtin:secret-in-text"}}, "denied", "The text holds a secret that opens an account or a wallet."},
		{privyseal.Decision{Reason: "blocked", Rule: privyseal.Rule{ID: "builtin:level-4"}}, "denied", "Apps never need this."},
	} {
		if kind, text := words.Refusal(c.d); kind != c.kind || text != c.text {
			t.Errorf("%+v: %s: %s", c.d, kind, text)
		}
	}
}

func TestRule(t *testing.T) {
	in := policy.Input{
		Now: now, App: privyseal.App{ID: "app", Identity: "ana", State: privyseal.AppActive, Created: now.Add(-time.Hour)}, Identity: ana,
		Effect: effect.Effect{Op: privyseal.OpSignEvent, Kind: 1, Base: privyseal.L1, Level: privyseal.L1},
	}
	check := func(want string) {
		t.Helper()
		if got := words.English.Rule(policy.Decide(in)); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	check("You have not said yet what this app may do here.")
	in.App.Preset = "social"
	check("May post notes for you, up to 20 an hour.")
	in.Grants = []privyseal.Grant{grant(privyseal.Refuse, "sign_event:1")}
	check("May never post notes for you.")
	in.Grants = []privyseal.Grant{grant(privyseal.Allow, "sign_event:1~30d")}
	check("May post notes for you, until 31 May.")
	in.Effect.Guard = effect.ReasonClock
	check("The date or what would be lost makes this one worth a look.")
	in.Effect.Blocked = effect.ReasonSecret
	check("The text holds a secret that opens an account or a wallet.")
	in.Effect = effect.Effect{Op: privyseal.OpPing, Kind: -1}
	check("Connected apps may always do this.")
	in.App.State = privyseal.AppPaused
	check("This app is paused.")
}

func TestReceipt(t *testing.T) {
	for want, rec := range map[string]privyseal.Record{
		"Agreed: post notes for you.":               {Phase: privyseal.PhaseDecided, Op: privyseal.OpSignEvent, Kind: 1, Verdict: privyseal.Allow},
		"Asked: change your profile.":               {Phase: privyseal.PhaseDecided, Op: privyseal.OpSignEvent, Kind: 0, Verdict: privyseal.Ask},
		"Refused: read your private texts.":         {Phase: privyseal.PhaseDecided, Op: privyseal.OpNip44Decrypt, Kind: -1},
		"Done: lock private texts.":                 {Phase: privyseal.PhaseDone, Op: privyseal.OpNip44Encrypt, Kind: -1, Outcome: privyseal.Allowed},
		"Refused: act in your name.":                {Phase: privyseal.PhaseDone, Op: privyseal.OpSignEvent, Kind: -1, Outcome: privyseal.Refused},
		"Failed: log out.":                          {Phase: privyseal.PhaseDone, Op: privyseal.OpLogout, Kind: -1, Outcome: privyseal.Failed},
		"Not answered in time: post notes for you.": {Phase: privyseal.PhaseDone, Op: privyseal.OpSignEvent, Kind: 1, Outcome: privyseal.Expired},
		"Noted: paired.":                            {Phase: privyseal.PhaseNote, Detail: "paired"},
		"Noted: odd [31mtext.":                      {Phase: privyseal.PhaseNote, Detail: "odd\n\x1b[31mtext"},
		"Not known: do something we don't know.":    {},
	} {
		if got := words.English.Receipt(rec); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// constants are the string constants of effect whose names begin so.
func constants(t *testing.T, file, prefix string) map[string]string {
	f, err := parser.ParseFile(token.NewFileSet(), "../effect/"+file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(s.Names[0].Name, prefix) && len(s.Values) == 1 {
			if lit, ok := s.Values[0].(*ast.BasicLit); ok {
				found[s.Names[0].Name], _ = strconv.Unquote(lit.Value)
			}
		}
		return true
	})
	if len(found) < 20 {
		t.Fatalf("only %d %s… constants in %s", len(found), prefix, file)
	}
	return found
}

func TestEveryActAndReasonHasWords(t *testing.T) {
	for name, act := range constants(t, "acts.go", "Act") {
		e := effect.Effect{Op: privyseal.OpSignEvent, Act: effect.Act(act), Level: privyseal.L1, Base: privyseal.L1}
		p := words.English.Render(e, coracle(), ana, nil)
		if strings.Contains(p.Title, "we don't know") != (act == "" || act == "unknown") {
			t.Errorf("%s has no sentence: %q", name, p.Title)
		}
	}
	for name, code := range constants(t, "reasons.go", "Reason") {
		told := effect.Effect{Op: privyseal.OpSignEvent, Act: effect.ActPing, Level: privyseal.L1, Base: privyseal.L1, Reasons: []effect.Reason{{Code: code, N: 5, Text: "x"}}}
		bare := told
		bare.Reasons = nil
		blocked := bare
		blocked.Blocked = code
		more := len(words.English.Render(told, coracle(), ana, nil).Lines) > len(words.English.Render(bare, coracle(), ana, nil).Lines)
		why := words.English.Render(blocked, coracle(), ana, nil).Lines[0]
		if !more && why == "Apps never need this." && code != effect.ReasonSigner && code != effect.ReasonVanish {
			t.Errorf("%s has no words", name)
		}
	}
}
