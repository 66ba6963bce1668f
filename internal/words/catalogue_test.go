package words

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/effect"
)

// tables are all texts of a catalogue by id.
func tables(c *Catalogue) map[string]string {
	all := map[string]string{}
	for act, s := range c.acts {
		for part, text := range map[string]string{"wants": s.wants, "may": s.may, "yes": s.yes, "no": s.no, "lines": strings.Join(s.lines, " ")} {
			all["act "+string(act)+" "+part] = text
		}
	}
	for name, table := range map[string]map[string]string{
		"reason": c.reasons, "blocked": c.blocked, "refusal": c.refusals, "phrase": c.phrases, "page": c.pages, "kit": c.kit, "field": c.fields, "detail": c.details, "rule": c.rules, "origin": c.origins,
	} {
		for id, text := range table {
			all[name+" "+id] = text
		}
	}
	for id, forms := range c.counted {
		all["one "+id], all["many "+id] = forms[0], forms[1]
	}
	return all
}

// letters are enough to be of one language.
var letters = regexp.MustCompile(`[a-z]{5}`)

var holders = regexp.MustCompile(`\{[a-z]*\}`)

// Every text is there in every language, with the same placeholders.
func TestLanguagesAreComplete(t *testing.T) {
	english := tables(English)
	for _, c := range catalogues() {
		other := tables(c)
		for id, text := range english {
			got, ok := other[id]
			if !ok || (got == "") != (text == "") {
				t.Errorf("%s has no %q (%q)", c.lang, id, text)
				continue
			}
			want, has := holders.FindAllString(text, -1), holders.FindAllString(got, -1)
			slices.Sort(want)
			slices.Sort(has)
			if id != "one person" && !slices.Equal(slices.Compact(want), slices.Compact(has)) {
				t.Errorf("%s: %q has %v, want %v", c.lang, id, has, want)
			}
		}
		for id := range other {
			if _, ok := english[id]; !ok {
				t.Errorf("%s has %q, which English has not", c.lang, id)
			}
		}
		if c.lang != "en" {
			same := 0
			for id, text := range other {
				if text == english[id] && letters.MatchString(holders.ReplaceAllString(text, "")) {
					same++
					t.Logf("%s: %q is as in English: %q", c.lang, id, text)
				}
			}
			if same > 0 {
				t.Errorf("%s: %d texts are as in English", c.lang, same)
			}
		}
	}
}

func TestEveryActAndReasonHasItsText(t *testing.T) {
	for _, r := range effect.Kinds() {
		if _, ok := English.acts[r.Act]; !ok {
			t.Errorf("%s has no sentence", r.Act)
		}
	}
	told := maps.Clone(English.reasons)
	for _, code := range reasonOrder {
		if told[code] == "" {
			t.Errorf("%s has no text", code)
		}
		delete(told, code)
	}
	if len(told) > 0 {
		t.Errorf("never told: %v", told)
	}
}

// No two acts say the same.
func TestSentencesDiffer(t *testing.T) {
	for _, c := range catalogues() {
		wants, may := map[string]effect.Act{}, map[string]effect.Act{}
		for act, s := range c.acts {
			if was, ok := wants[s.wants]; ok {
				t.Errorf("%s: %s and %s: %q", c.lang, was, act, s.wants)
			}
			if was, ok := may[s.may]; ok {
				t.Errorf("%s: %s and %s may both %q", c.lang, was, act, s.may)
			}
			wants[s.wants], may[s.may] = act, act
			if s.yes == s.no || slices.Contains([]string{"OK", "Yes", "No", "Approve", "Sí", "Aceptar"}, s.yes) {
				t.Errorf("%s: %s: buttons %q and %q", c.lang, act, s.yes, s.no)
			}
		}
	}
}

func TestIn(t *testing.T) {
	for lang, want := range map[string]*Catalogue{
		"en": English, "en_US.UTF-8": English, "es": Spanish, "es-MX": Spanish, "ES_es@euro": Spanish, "es.UTF-8": Spanish,
		"pseudo": Pseudo(), "": nil, "C": nil, "de": nil, "english": nil,
	} {
		if got := In(lang); got != want {
			t.Errorf("%q: %v", lang, got)
		}
	}
	if got := Languages(); !slices.Equal(got, []string{"en", "es"}) {
		t.Error(got)
	}
}

// Where tips go is said when a profile names it for the first time, too.
func TestAFirstWalletIsTold(t *testing.T) {
	e := effect.Effect{Act: effect.ActProfile, Summary: effect.Summary{Known: true, Changes: []effect.Field{{Name: "lud16", To: "ana@x.example"}, {Name: "name", To: "Ana"}}}}
	if ls, _ := English.consequences(&e); !slices.Equal(ls, []string{"Tips would go to ana@x.example.", `Your name would be "Ana".`}) {
		t.Errorf("%q", ls)
	}
}
