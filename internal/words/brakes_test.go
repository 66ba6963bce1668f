package words_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/internal/words/lint"
)

// The one question about reading keeps the rules of every other.
func TestBulkPromptKeepsTheRules(t *testing.T) {
	app := privyseal.App{Label: "Coracle"}
	p := words.English.BulkPrompt(app, privyseal.Identity{Name: "Ana"})
	if p.Title != "Coracle wants to read many private messages." || p.Yes != "Let it read for 1 hour" || p.No != "Stop it" || p.Level != privyseal.L3 || len(p.Remember) > 0 {
		t.Fatal(show(p))
	}
	body := strings.Join(append([]string{p.Title, words.English.BulkLine(48, 9)}, p.Lines...), " ")
	for _, l := range lint.Sentences(body) {
		if g, hard := lint.English.Hard(l); hard {
			t.Errorf("%q is of grade %.1f", l, g)
		}
	}
	if w := lint.English.Banned(body + " " + p.Yes + " " + p.No); w != "" || wordCount(body) > 45 || wordCount(p.Title) > 14 {
		t.Errorf("%q, %d words: %s", w, wordCount(body), body)
	}
	if !slices.Contains(p.Lines, "Your account: Ana.") || !slices.Contains(p.Lines, "We have paused it.") {
		t.Error(show(p))
	}
	if other := words.English.BulkPrompt(app, privyseal.Identity{Name: "Bea"}); other.Hash() == p.Hash() {
		t.Error("another account, the same words")
	}
}

func TestBulkLine(t *testing.T) {
	for want, n := range map[string][2]int{
		"48 messages so far, with 9 people.":    {48, 9},
		"1 message so far, with 1 person.":      {1, 1},
		"2,100 messages so far, with 1 person.": {2100, 1},
	} {
		if got := words.English.BulkLine(n[0], n[1]); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Whatever a brake holds back is said in words, with what to do; a hostile name
// changes no line.
func TestBrakesHaveWords(t *testing.T) {
	for _, code := range []string{words.BulkRead, words.Quiet, words.TooFast} {
		said, fix := words.English.Brake(code, "Cora\u202ecle\n two")
		if said == "" || !strings.HasPrefix(fix, `privyseal apps resume 'Cora`) || strings.ContainsAny(fix, "\u202e\n") {
			t.Errorf("%s: %q, %q", code, said, fix)
		}
		for _, s := range lint.Sentences(said) {
			if g, hard := lint.English.Hard(s); hard {
				t.Errorf("%q is of grade %.1f", s, g)
			}
		}
	}
	for code, want := range map[string]privyseal.ErrorKind{words.Quiet: privyseal.KindDenied, words.TooFast: privyseal.KindLimit} {
		if kind, text := words.Refusal(privyseal.Decision{Reason: code}); kind != want || text == "This is not allowed." {
			t.Errorf("%s: %s: %s", code, kind, text)
		}
	}
	seen := map[string]bool{}
	for _, code := range []string{words.BulkRead, words.NewThing, words.NewPerson, words.OddHour, words.Burst} {
		s := words.English.Rule(privyseal.Decision{Reason: code, Rule: privyseal.Rule{ID: "builtin:" + code}})
		if s == "" || s == "This is not allowed." || seen[s] {
			t.Errorf("%s: %q", code, s)
		}
		seen[s] = true
	}
}
