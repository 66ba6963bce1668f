package policyfile_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/policyfile"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"pgregory.net/rapid"
)

const sample = `# Mine.

app "Coracle" 39324a116d6b54cb   # the web one
    # as Ana
    preset social

    # May post notes for you, up to 20 an hour.
    allow sign_event:1#20/h   until 2026-12-28T10:00:00Z   unless serious   # for the weekend
	refuse	nip04_decrypt
    ask sign_event:0~30d # it's "mine"
app Snort
`

func TestParse(t *testing.T) {
	f, err := policyfile.Parse("\ufeff" + strings.ReplaceAll(sample, "\n", "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	until := time.Date(2026, 12, 28, 10, 0, 0, 0, time.UTC)
	want := policyfile.File{Apps: []policyfile.App{
		{Line: 3, Name: "Coracle", ID: "39324a116d6b54cb", Preset: "social", Rules: []policyfile.Rule{
			{Line: 8, Verdict: privyseal.Allow, Permission: perm("sign_event:1#20/h"), Until: until, Reach: privyseal.L2, Note: "for the weekend"},
			{Line: 9, Verdict: privyseal.Refuse, Permission: perm("nip04_decrypt")},
			{Line: 10, Verdict: privyseal.Ask, Permission: perm("sign_event:0~30d"), Note: `it's "mine"`},
		}},
		{Line: 11, Name: "Snort"},
	}}
	if !reflect.DeepEqual(f, want) {
		t.Errorf("%+v\nwant\n%+v", f, want)
	}
	const plain = `app "Coracle" 39324a116d6b54cb
    preset social
    allow sign_event:1#20/h   until 2026-12-28T10:00:00Z   unless serious   # for the weekend
    refuse nip04_decrypt
    ask sign_event:0~30d   # it's "mine"

app "Snort"
`
	if got := f.String(); got != plain {
		t.Errorf("%s\nwant\n%s", got, plain)
	}
}

func perm(s string) nip46.Permission {
	ps, err := nip46.ParsePermissions(s)
	if err != nil || len(ps) != 1 {
		panic(s)
	}
	return ps[0]
}

// Every error names its line, and says what to do.
func TestErrors(t *testing.T) {
	for text, says := range map[string]string{
		"allow sign_event:1":               "line 1: this stands before the first app",
		"app":                              "line 1: the app has no name",
		`app ""`:                           "line 1: the app has no name",
		`app "Cora`:                        "line 1: the app's name is not quoted as it must be",
		`app "Cora"39`:                     "line 1: something stands right behind",
		"app My Notes":                     "line 1: “Notes” is not an app's id",
		"app a 1 2":                        "line 1: an app is a name and an id",
		"app a\napp A":                     "line 2: this app has a block already, in line 1",
		"app a 1\napp b 1":                 "line 2: this app has a block already, in line 1",
		"app a\nallow":                     "line 2: it is not said what to allow",
		"app a\nalow ping":                 "line 2: “alow” is not known here",
		"app a\n\nallow nonsense":          `line 3: ("nonsense"): no such method`,
		"app a\nallow ping,ping":           "",
		"app a\nallow ping,sign_event:1":   "line 2: a line has one permission",
		"app a\nallow ping until":          "line 2: “” is not a time",
		"app a\nallow ping until tomorrow": "line 2: “tomorrow” is not a time",
		"app a\nallow ping until 0001-01-01T00:00:00Z":                            "is not a time",
		"app a\nallow ping~1d until 2026-12-28T10:00:00Z":                         "line 2: one end is enough",
		"app a\nallow ping until 2026-12-28T10:00:00Z until 2026-12-28T10:00:00Z": "line 2: one end is enough",
		"app a\nallow ping unless":                                                "line 2: “unless ” says nothing here",
		"app a\nallow ping unless often":                                          "line 2: “unless often” says nothing here",
		"app a\nask ping unless serious":                                          "line 2: “unless serious” says nothing here",
		"app a\nallow ping unless serious unless serious":                         "says nothing here",
		"app a\nallow ping always":                                                "line 2: “always” is not known here",
		"app a\npreset":                                                           "line 2: a preset is one name",
		"app a\npreset social\npreset ask":                                        "line 3: this app has a preset already",
		"app a\nallow ping # " + strings.Repeat("x", 201):                         "line 2: the note has more than 200",
		"app a\nallow ping # a\u202eb":                                            "line 2: the note holds characters that cannot be seen",
		"app a\nallow ping\x1b[2J":                                                "line 2: (\"ping\\x1b[2J\"): no such method",
		"\xff":                                                                    "not UTF-8",
		strings.Repeat("#", 1<<20+1):                                              "larger than 1 MiB",
		strings.Repeat("app a\nallow ping\n", 1) + strings.Repeat("allow ping\n", 2000): "line 2002: the app has more than 2000 rules",
	} {
		_, err := policyfile.Parse(text)
		if says == "" {
			if err != nil {
				t.Errorf("%.60q: %v", text, err)
			}
			continue
		}
		e, ok := errors.AsType[*policyfile.Error](err)
		if !ok || !strings.Contains(err.Error(), says) || e.Hint == "" {
			t.Errorf("%.60q: %v, want %q", text, err, says)
		}
	}
}

func drawFile(t *rapid.T) policyfile.File {
	text := rapid.StringOfN(rapid.SampledFrom([]rune("aZ09 #\"\\'é漢,")), 0, 12, -1)
	var f policyfile.File
	for i := range rapid.IntRange(0, 3).Draw(t, "apps") {
		a := policyfile.App{Name: fmt.Sprint(i, text.Draw(t, "name")), Preset: rapid.SampledFrom([]string{"", "social"}).Draw(t, "preset")}
		if rapid.Bool().Draw(t, "with id") {
			a.ID = fmt.Sprintf("%016x", i)
		}
		for range rapid.IntRange(0, 3).Draw(t, "rules") {
			r := policyfile.Rule{
				Verdict: rapid.SampledFrom([]privyseal.Verdict{privyseal.Allow, privyseal.Ask, privyseal.Refuse}).Draw(t, "verdict"),
				Permission: nip46.Permission{Method: nip46.SignEvent, Kind: new(nostr.Kind(rapid.Uint16().Draw(t, "kind"))),
					Budget: nip46.Budget{N: 3, Per: time.Hour}, Target: rapid.SampledFrom([]string{"", "wss://a.example/x%23y"}).Draw(t, "target")},
				Note: strings.TrimSpace(text.Draw(t, "note")),
			}
			if rapid.Bool().Draw(t, "ends") {
				r.Until = time.Unix(rapid.Int64Range(1e9, 4e9).Draw(t, "until"), 0).UTC()
			}
			if r.Verdict == privyseal.Allow {
				r.Reach = rapid.SampledFrom([]privyseal.Level{0, privyseal.L1, privyseal.L2}).Draw(t, "reach")
			}
			a.Rules = append(a.Rules, r)
		}
		f.Apps = append(f.Apps, a)
	}
	return f
}

// unplaced forgets where things were read.
func unplaced(f policyfile.File) policyfile.File {
	for i := range f.Apps {
		f.Apps[i].Line = 0
		for j := range f.Apps[i].Rules {
			f.Apps[i].Rules[j].Line = 0
		}
	}
	return f
}

// What is written is read back, whatever is said of it beside.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawFile(t)
		said := want
		said.Head = []string{"a\nallow ping", "#"}
		said.Apps = append([]policyfile.App(nil), want.Apps...)
		for i := range said.Apps {
			said.Apps[i].About, said.Apps[i].Means = []string{"x\r\nrefuse ping"}, []string{"\u2028"}
			rules := append([]policyfile.Rule(nil), said.Apps[i].Rules...)
			for j := range rules {
				rules[j].About = "May \x1b[2J do it"
			}
			said.Apps[i].Rules = rules
		}
		for _, text := range []string{want.String(), said.String()} {
			got, err := policyfile.Parse(text)
			if err != nil || unplaced(got).String() != want.String() || !reflect.DeepEqual(unplaced(got).Apps, want.Apps) {
				t.Fatalf("%v\n%s\nfrom\n%s", err, got, text)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("app \"a\\\"b\" 12\nallow nip44_decrypt@" + strings.Repeat("ab", 32) + "#1/90m~2w # x")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := policyfile.Parse(text)
		if err != nil {
			if e, ok := errors.AsType[*policyfile.Error](err); !ok || e.Hint == "" || strings.ContainsAny(e.Msg, "\n\x1b") {
				t.Fatalf("%q", err)
			}
			return
		}
		again, err := policyfile.Parse(got.String())
		if err != nil || again.String() != got.String() || !reflect.DeepEqual(unplaced(again), unplaced(got)) {
			t.Fatalf("%v\n%q\n%q", err, got.String(), text)
		}
	})
}
