package words

import (
	"slices"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/words/lint"
)

// names fill a text's placeholders, as a person might see it.
var names = strings.NewReplacer("{app}", "Snort", "{who}", "Bea", "{name}", "Bea", "{people}", "9 people", "{n}", "9", "{host}", "a.example",
	"{address}", "a@b.example", "{text}", "Bea", "{span}", "2 hours", "{kind}", "2", "{amount}", "90 sats", "{day}", "3 May", "{date}", "3 May", "{title}", "Tea")

// operators read these too: they name commands, files and what the protocol
// calls things.
var operators = []string{"phrase policy-", "phrase learn", "detail ", "origin ", "phrase brake-go-on"}

// Every text that a person reads keeps to plain words, also where the book has
// no page for it.
func TestEveryTextIsPlain(t *testing.T) {
	for _, c := range []*Catalogue{English, Spanish} {
		l := lint.In(c.lang)
		for id, text := range tables(c) {
			if slices.ContainsFunc(operators, func(p string) bool { return strings.HasPrefix(id, p) }) {
				continue
			}
			text = names.Replace(text)
			if w := l.Banned(text); w != "" {
				t.Errorf("%s: %s: %q in %q", c.lang, id, w, text)
			}
			for _, s := range lint.Sentences(text) {
				if g, hard := l.Hard(s); hard {
					t.Errorf("%s: %s: %q is hard to read (%.1f)", c.lang, id, s, g)
				}
			}
		}
	}
}

// What stands as a sentence ends as one, for operators too.
func TestSentencesEnd(t *testing.T) {
	for _, c := range []*Catalogue{English, Spanish} {
		for id, text := range tables(c) {
			sentence := slices.ContainsFunc([]string{"reason ", "blocked ", "rule ", "refusal ", "phrase would-", "phrase policy-head"}, func(p string) bool { return strings.HasPrefix(id, p) })
			if sentence && !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "}") {
				t.Errorf("%s: %s: %q does not end", c.lang, id, text)
			}
			if strings.TrimSpace(text) != text && !strings.HasPrefix(id, "phrase ") {
				t.Errorf("%s: %s: %q has space around it", c.lang, id, text)
			}
		}
	}
}
