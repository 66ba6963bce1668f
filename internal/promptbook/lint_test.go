package promptbook_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/promptbook"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/internal/words/lint"
)

// claims are what an app wrote, in a language's quotes, and addresses.
var claims = regexp.MustCompile(`"[^"]*"|«[^»]*»|[a-z0-9@.-]+\.(example|kitchen)|\([0-9a-f]{8}\)`)

// ours is a text without what is a claim or a name.
func ours(s string) string { return claims.ReplaceAllString(s, "Bea") }

// The rules of the words, on every question of the book.
func TestPromptsKeepTheRules(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		c, l := words.In(lang), lint.In(lang)
		for _, page := range promptbook.Pages() {
			p := page.Prompt(c)
			fail := func(format string, args ...any) {
				t.Helper()
				t.Errorf("%s: %s: "+format+"\n%s", append(append([]any{lang, page.Name}, args...), promptbook.Show(p, false))...)
			}
			body := p.Title + " " + strings.Join(p.Lines, " ")
			if n := lint.Count(p.Title); n > l.Words {
				fail("the title has %d words", n)
			}
			if n := lint.Count(body); n > l.Prompt {
				fail("%d words in all", n)
			}
			for _, s := range lint.Sentences(ours(body)) {
				if g, hard := l.Hard(s); hard {
					fail("%q is hard to read (%.1f)", s, g)
				}
			}
			for _, s := range append([]string{p.Title}, p.Lines...) {
				if strings.TrimSpace(s) != s || strings.ContainsAny(s, "{}") || strings.Contains(s, "  ") || !strings.ContainsAny(s[len(s)-1:], ".:") {
					fail("%q is not a clean sentence", s)
				}
			}
			if w := l.Banned(ours(body + " " + p.Yes + " " + p.No + " " + strings.Join(p.Lasts, " "))); w != "" {
				fail("%q stands outside the details", w)
			}
			if len([]rune(p.Quote)) > 300 {
				fail("the quote is too long")
			}
			if p.Hash() != page.Prompt(c).Hash() {
				fail("not the same twice")
			}
			limitsOf(t, fail, &page, p)
		}
	}
}

// limitsOf holds a prompt to what its level asks for.
func limitsOf(t *testing.T, fail func(string, ...any), page *promptbook.Page, p words.Prompt) {
	t.Helper()
	e := page.Effect()
	switch {
	case p.Yes == "" || p.No == "" || p.Yes == p.No:
		fail("buttons %q and %q", p.Yes, p.No)
	case p.Level.AtLeast(privyseal.L4):
		if len(p.Lasts)+len(p.Remember) > 0 || p.Type != "" {
			fail("a notice with choices")
		}
		return
	case len(p.Lasts) == 0:
		fail("it does not say how long")
	case p.Level.AtLeast(privyseal.L3) || e.Guard != "":
		if len(p.Remember) > 0 || len(p.Lasts) != 1 {
			fail("what is serious is remembered: %q", p.Lasts)
		}
	case len(p.Remember) != len(p.Lasts) || p.Usual == "":
		fail("how long: %q for %q, %q", p.Lasts, p.Remember, p.Usual)
	case (p.Usual == "30d") != !p.Level.AtLeast(privyseal.L2):
		fail("%q is usual", p.Usual)
	}
	if p.Level.AtLeast(privyseal.L3) && !p.SafeFirst {
		fail("the safe button does not stand first")
	}
	if page.Account.Name != "" && !strings.Contains(strings.Join(p.Lines, " "), page.Account.Name) {
		fail("whose account is not said (T41)")
	}
}

// What still reads as English in the made-up language does not come from the
// catalogue.
func TestEverythingComesFromTheCatalogue(t *testing.T) {
	english := regexp.MustCompile(`\b(the|you|your|is|to|it|are|this|that|wants|for|not|can|and)\b`)
	for _, page := range promptbook.Pages() {
		p := page.Prompt(words.Pseudo())
		for _, s := range append(append([]string{p.Title, p.Yes, p.No}, p.Lines...), p.Lasts...) {
			s = regexp.MustCompile(`‹[^›]*›`).ReplaceAllString(s, "")
			if w := english.FindString(s); w != "" {
				t.Errorf("%s: %q in %q", page.Name, w, s)
			}
		}
	}
}
