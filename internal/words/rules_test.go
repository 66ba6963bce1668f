package words_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/words"
)

var update = flag.Bool("update", false, "write testdata/prompts.golden")

// banned words stand only in the details (rule 1, R34).
var banned = regexp.MustCompile(`(?i)\b(events?|kinds?|sign(s|ed|ing)?|pubkeys?|npub|nsec|relays?|nip|metadata|payload|encrypt\w*|decrypt\w*|hex|schnorr|replaceable|bunker|dangerous)\b`)

func wordCount(s string) int { return len(strings.Fields(s)) }

var vowels = regexp.MustCompile(`[aeiouy]+`)

// syllables is the usual estimate: groups of vowels, without a silent e.
func syllables(w string) int {
	w = strings.ToLower(strings.Trim(w, `.,:;!?"'()…`))
	if w == "" {
		return 0
	}
	n := len(vowels.FindAllString(w, -1))
	if strings.HasSuffix(w, "e") && !strings.HasSuffix(w, "le") && n > 1 {
		n--
	}
	if strings.HasSuffix(w, "ed") && !strings.HasSuffix(w, "ted") && !strings.HasSuffix(w, "ded") && n > 1 {
		n--
	}
	return max(1, n)
}

// grade is Flesch–Kincaid's.
func grade(s string) float64 {
	ws := strings.Fields(s)
	n := 0
	for _, w := range ws {
		n += syllables(w)
	}
	sentences := max(1, len(regexp.MustCompile(`[.!?:]( |$)`).FindAllString(s, -1)))
	return 0.39*float64(len(ws))/float64(sentences) + 11.8*float64(n)/float64(len(ws)) - 15.59
}

// ours is the prompt's text without what is a claim or a name.
func ours(s string) string {
	s = regexp.MustCompile(`"[^"]*"`).ReplaceAllString(s, "it")
	s = regexp.MustCompile(`[a-z0-9@]+\.(example|kitchen)`).ReplaceAllString(s, "home")
	s = regexp.MustCompile(`person [0-9a-f]{8}`).ReplaceAllString(s, "Bea")
	return strings.ReplaceAll(s, "Coracle", "Snort")
}

func TestPromptsKeepTheRules(t *testing.T) {
	ids := map[string]bool{}
	for _, x := range fixtures() {
		p := x.prompt()
		ids[p.ID] = true
		fail := func(format string, args ...any) {
			t.Helper()
			t.Errorf("%s: %s\n%s", x.name, fmt.Sprintf(format, args...), show(p))
		}
		blocked := p.Level.AtLeast(privyseal.L4)
		body := strings.Join(append([]string{p.Title}, p.Lines...), " ")
		if n := wordCount(p.Title); n > 14 {
			fail("the title has %d words", n)
		}
		if n := wordCount(body); n > 45 {
			fail("%d words in all", n)
		}
		for _, s := range append([]string{p.Title}, p.Lines...) {
			if g := grade(ours(s)); g > 6 {
				fail("%q is of grade %.1f", s, g)
			}
			if strings.TrimSpace(s) != s || strings.Contains(s, "{") || strings.Contains(s, "  ") || !strings.ContainsAny(s[len(s)-1:], ".:") {
				fail("%q is not a clean sentence", s)
			}
		}
		if w := banned.FindString(ours(body) + " " + p.Yes + " " + p.No); w != "" {
			fail("%q stands outside the details", w)
		}
		if blocked != (p.Yes == "") || blocked != (p.No == "") || p.Yes == p.No && !blocked || slices.Contains([]string{"OK", "Yes", "No", "Approve"}, p.Yes) {
			fail("buttons %q and %q", p.Yes, p.No)
		}
		if !blocked && !strings.Contains(p.Title, " wants to ") || blocked && !strings.HasPrefix(p.Title, "Blocked. ") {
			fail("the title")
		}
		if asks := p.Level.AtLeast(privyseal.L3) || x.effect().Guard != ""; asks != (len(p.Remember) == 0) || asks && !blocked != slices.Contains(p.Lines, "Just this time.") {
			fail("how long: %q", p.Remember)
		}
		if !blocked && !strings.Contains(body, "Ana") {
			fail("whose account is not said (T41)")
		}
		if len([]rune(p.Quote)) > 300 {
			fail("the quote is too long")
		}
		if p.Hash() != x.prompt().Hash() {
			fail("not the same twice")
		}
	}
	for _, row := range effect.Kinds() {
		if !ids["ask."+string(row.Act)] && !ids["blocked."+string(row.Act)] {
			t.Errorf("no fixture for %s", row.Act)
		}
	}
}

func show(p words.Prompt) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%v)\n  %s\n", p.ID, p.Level, p.Title)
	if p.Quote != "" {
		fmt.Fprintf(&b, "    | %s\n", p.Quote)
	}
	for _, l := range p.Lines {
		fmt.Fprintf(&b, "  %s\n", l)
	}
	fmt.Fprintf(&b, "  [%s] [%s] %s\n", p.Yes, p.No, strings.Join(p.Remember, " "))
	for _, d := range p.Details {
		fmt.Fprintf(&b, "    %s: %s\n", d.Name, d.Value)
	}
	return b.String()
}

const golden = "testdata/prompts.golden"

func TestGolden(t *testing.T) {
	var b strings.Builder
	for _, x := range fixtures() {
		fmt.Fprintf(&b, "== %s\n%s\n", x.name, show(x.prompt()))
	}
	for _, name := range policy.Presets() {
		fmt.Fprintf(&b, "== preset %s\n", name)
		for _, s := range words.May(name, nil) {
			fmt.Fprintf(&b, "  %s\n", s.Sentence)
		}
		b.WriteByte('\n')
	}
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	got, old := strings.Split(b.String(), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(old)) {
		if i >= len(got) || i >= len(old) || got[i] != old[i] {
			t.Fatalf("line %d differs (run with -update after reading every change):\n got %q\nwant %q",
				i+1, strings.Join(got[i:min(i+1, len(got))], ""), strings.Join(old[i:min(i+1, len(old))], ""))
		}
	}
}
