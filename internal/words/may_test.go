package words_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/internal/words/lint"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"pgregory.net/rapid"
)

func sentences(preset string, grants ...privyseal.Grant) (out []string) {
	for i := range grants {
		grants[i].ID = fmt.Sprint("g", i)
	}
	for _, s := range words.English.May(preset, grants) {
		out = append(out, s.Sentence)
	}
	return out
}

func TestMay(t *testing.T) {
	until := func(g privyseal.Grant, d time.Duration) privyseal.Grant { g.Until = now.Add(d); return g }
	const even = "You are asked about all else. You are also asked when much would be lost or something looks odd."
	for _, c := range []struct {
		preset string
		grants []privyseal.Grant
		want   []string
	}{
		{"nonsense", nil, nil},
		{"", []privyseal.Grant{grant(privyseal.Refuse, "sign_event:1")}, []string{"May never post notes for you."}},
		{"sign-in", nil, []string{
			"May tell services it's you, only at places on your list.",
			"May log in to websites as you, up to 60 an hour, only where the app itself is from.", even}},
		// What a person said of a thing stands in the place of the preset's line.
		{"sign-in", []privyseal.Grant{grant(privyseal.Refuse, "sign_event:27235")}, []string{
			"May never log in to websites as you.", "May tell services it's you, only at places on your list.", even}},
		{"sign-in", []privyseal.Grant{grant(privyseal.Refuse, "sign_event")}, []string{"May never act in your name."}},
		{"ask", []privyseal.Grant{until(grant(privyseal.Allow, "sign_event:1"), time.Hour), until(grant(privyseal.Refuse, "sign_event"), time.Hour)}, []string{
			"May post notes for you, until 1 May 13:00.", "Apart from that, it may never act in your name, until 1 May 13:00.",
			"After that, it must ask before it may act in your name.", "Must ask before it may lock private texts.",
			"Must ask before it may read your private texts.", "Must ask before it may lock private texts the old way.",
			"Must ask before it may read your old private texts.", even}},
		{"sign-in", []privyseal.Grant{grant(privyseal.Refuse, "sign_event:27235@zap.kitchen")}, []string{
			"May never log in to websites as you at zap.kitchen.", "May tell services it's you, only at places on your list.",
			"Apart from that, it may log in to websites as you, up to 60 an hour, only where the app itself is from.", even}},
		// The narrow comes before the wide.
		{"", []privyseal.Grant{grant(privyseal.Refuse, "sign_event"), grant(privyseal.Allow, "sign_event:1")}, []string{
			"May post notes for you.", "Apart from that, it may never act in your name.", even}},
		{"", []privyseal.Grant{grant(privyseal.Ask, "nip44_decrypt"), grant(privyseal.Allow, "nip44_decrypt@"+bea.String())}, []string{
			"May read your private texts with person 79be667e.", "Apart from that, it must ask before it may read your private texts.", even}},
		// Of one scope the stronger holds, and what outlasts it follows.
		{"", []privyseal.Grant{grant(privyseal.Allow, "nip44_decrypt"), until(grant(privyseal.Refuse, "nip44_decrypt"), time.Hour)}, []string{
			"May never read your private texts, until 1 May 13:00.", "After that, it may read your private texts.", even}},
		{"", []privyseal.Grant{grant(privyseal.Allow, "sign_event:1"), grant(privyseal.Refuse, "sign_event:1"), grant(privyseal.Allow, "sign_event:1#3/h")},
			[]string{"May never post notes for you."}},
		{"", []privyseal.Grant{grant(privyseal.Allow, "sign_event:1#3/h"), grant(privyseal.Allow, "sign_event:1#9/d")},
			[]string{"May post notes for you, up to 3 an hour.", "Besides, it may post notes for you, up to 9 a day.", even}},
	} {
		if got := sentences(c.preset, c.grants...); !slices.Equal(got, c.want) {
			t.Errorf("%s %v:\n%s\nwant\n%s", c.preset, c.grants, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

func TestMayIsPlain(t *testing.T) {
	for _, name := range policy.Presets() {
		lines := sentences(name, grant(privyseal.Ask, "sign_event:0@zap.kitchen"), grant(privyseal.Allow, "nip04_decrypt#90/90m~30d"))
		for _, l := range lines {
			if lint.English.Banned(l) != "" || !strings.HasSuffix(l, ".") {
				t.Errorf("%s: %q", name, l)
			}
		}
	}
}

var places = []string{"", "", "zap.kitchen", "relay.example"}

func drawGrant(t *rapid.T, i int) privyseal.Grant {
	p := nip46.Permission{Method: rapid.SampledFrom([]nip46.Method{nip46.SignEvent, nip46.SignEvent, nip46.SignEvent, nip46.Nip44Decrypt}).Draw(t, "method")}
	switch {
	case p.Method == nip46.Nip44Decrypt:
		p.Target = rapid.SampledFrom([]string{"", bea.String()}).Draw(t, "person")
	case rapid.Bool().Draw(t, "with kind"):
		p.Kind = new(rapid.SampledFrom([]nostr.Kind{1, 7, 22242, 27235, 62}).Draw(t, "kind"))
		fallthrough
	default:
		p.Target = rapid.SampledFrom(places).Draw(t, "place")
	}
	if rapid.Bool().Draw(t, "limited") {
		p.Budget = nip46.Budget{N: rapid.IntRange(1, 9).Draw(t, "n"), Per: time.Hour}
	}
	g := privyseal.Grant{
		ID: fmt.Sprint("g", i), App: "app", Permission: p, Given: now,
		Verdict: rapid.SampledFrom([]privyseal.Verdict{privyseal.Allow, privyseal.Ask, privyseal.Refuse}).Draw(t, "verdict"),
		Reach:   rapid.SampledFrom([]privyseal.Level{0, 0, privyseal.L2}).Draw(t, "reach"),
	}
	if rapid.Bool().Draw(t, "ends") {
		g.Until = now.Add(rapid.SampledFrom([]time.Duration{time.Hour, 2 * time.Hour}).Draw(t, "until"))
	}
	return g
}

// twins are two grants that say the same of the same.
func twins(grants []privyseal.Grant, a, b string) bool {
	find := func(id string) int {
		return slices.IndexFunc(grants, func(g privyseal.Grant) bool { return "grant:"+g.ID == id })
	}
	i, j := find(a), find(b)
	return i >= 0 && j >= 0 && grants[i].Verdict == grants[j].Verdict && grants[i].Permission.SameScope(grants[j].Permission)
}

// The sentences are true: whatever a request is decided by is among them, now
// and later, and the verb of that sentence is the verdict.
func TestMayIsTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var grants []privyseal.Grant
		for i := range rapid.IntRange(0, 6).Draw(t, "grants") {
			grants = append(grants, drawGrant(t, i))
		}
		e := effect.Effect{
			Op: privyseal.OpSignEvent, Kind: rapid.SampledFrom([]int{1, 7, 22242, 27235}).Draw(t, "kind"), Person: bea,
			Host: rapid.SampledFrom(places[2:]).Draw(t, "host"), Relay: "wss://relay.example",
			Base: rapid.SampledFrom([]privyseal.Level{privyseal.L1, privyseal.L2, privyseal.L3}).Draw(t, "level"), SameSite: rapid.Bool().Draw(t, "same site"),
		}
		if rapid.IntRange(0, 3).Draw(t, "opens") == 0 {
			e.Op, e.Kind = privyseal.OpNip44Decrypt, -1
		}
		e.Level = e.Base
		in := policy.Input{
			Effect: e, Identity: ana, Now: now.Add(rapid.SampledFrom([]time.Duration{0, 90 * time.Minute, 3 * time.Hour}).Draw(t, "at")),
			App: privyseal.App{ID: "app", Identity: ana.ID, State: privyseal.AppActive, Created: now,
				Preset: rapid.SampledFrom(append(policy.Presets(), "")).Draw(t, "preset")},
			Grants: grants,
		}
		said := words.English.May(in.App.Preset, grants)
		d := policy.Decide(in)
		if strings.HasPrefix(d.Rule.ID, "builtin:") {
			return
		}
		i := slices.IndexFunc(said, func(s words.Said) bool { return s.ID == d.Rule.ID || twins(grants, s.ID, d.Rule.ID) })
		if i < 0 && d.Verdict == privyseal.Ask && strings.HasPrefix(said[len(said)-1].Sentence, "You are asked about all else") {
			return
		}
		if i < 0 {
			t.Fatalf("%s decides %+v, and is not said:\n%v", d.Rule.ID, e, said)
		}
		s := said[i].Sentence
		if link, rest, ok := strings.Cut(s, ", it "); ok && (link == "Apart from that" || link == "After that" || link == "Besides") {
			s = strings.ToUpper(rest[:1]) + rest[1:]
		}
		want := map[privyseal.Verdict]string{privyseal.Allow: "May ", privyseal.Ask: "Must ask before ", privyseal.Refuse: "May never "}[d.Verdict]
		if !strings.HasPrefix(s, want) || d.Verdict == privyseal.Allow && strings.HasPrefix(s, "May never") {
			t.Fatalf("%v by %q: %+v", d.Verdict, s, e)
		}
	})
}

// Why something teaches nothing has words, whatever the reason.
func TestWhatTeachesNothingHasWords(t *testing.T) {
	for _, c := range []*words.Catalogue{words.English, words.Spanish} {
		for _, why := range []string{policy.LearnSerious, policy.LearnAsked, policy.LearnAllowed} {
			if s := c.LearnLeft(why, 3); !strings.HasPrefix(s, "3 ") {
				t.Errorf("%s: %s: %q", c.Lang(), why, s)
			}
		}
	}
}
