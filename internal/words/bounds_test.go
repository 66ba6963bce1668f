package words_test

import (
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/words"
	"pgregory.net/rapid"
)

// Whatever an app calls itself and whatever was noted, a prompt stays short,
// has no control characters, and differs in its hash when its words differ.
func TestPromptsStayShort(t *testing.T) {
	var acts []effect.Act
	for _, act := range constants(t, "acts.go", "Act") {
		acts = append(acts, effect.Act(act))
	}
	var codes []string
	for _, code := range constants(t, "reasons.go", "Reason") {
		codes = append(codes, code)
	}
	text := rapid.SampledFrom([]string{"", "Coracle", "a b c d e f g h i j k l m n", "\x1b[2J\u202ex", strings.Repeat("long", 30), "\"; wants to"})
	draw := func(t *rapid.T) words.Prompt {
		e := effect.Effect{
			Op: privyseal.OpSignEvent, Kind: rapid.IntRange(0, 65535).Draw(t, "kind"),
			Act:   rapid.SampledFrom(acts).Draw(t, "act"),
			Level: privyseal.Level(rapid.IntRange(1, 4).Draw(t, "level")),
			Host:  text.Draw(t, "host"),
			Summary: effect.Summary{
				Title: text.Draw(t, "title"), Emoji: text.Draw(t, "emoji"), Quote: rapid.Bool().Draw(t, "quote"),
				Known: rapid.Bool().Draw(t, "known"), Added: 1234567, Removed: 7654321, Amount: 21_000_000,
			},
			CheckedHost: text.Draw(t, "checked"),
		}
		for range rapid.IntRange(0, 6).Draw(t, "reasons") {
			e.Reasons = append(e.Reasons, effect.Reason{Code: rapid.SampledFrom(codes).Draw(t, "code"), N: 99999999, Text: text.Draw(t, "text")})
		}
		app := coracle()
		app.Label, app.Claimed.Name = text.Draw(t, "label"), text.Draw(t, "claimed")
		id := ana
		id.Name = text.Draw(t, "account")
		return words.English.Render(e, app, id, event(1, text.Draw(t, "content")))
	}
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		all := append([]string{p.Title}, p.Lines...)
		if n := wordCount(p.Title); n > 17 {
			t.Fatalf("a title of %d words: %q", n, p.Title)
		}
		if n := wordCount(strings.Join(all, " ")); n > 45 {
			t.Fatalf("%d words\n%s", n, show(p))
		}
		if strings.ContainsFunc(strings.Join(all, "")+p.Quote, func(r rune) bool { return r < ' ' || r == '\u202e' }) {
			t.Fatalf("control characters\n%q", show(p))
		}
		q := draw(t)
		if same := show(p) == show(q); same != (p.Hash() == q.Hash()) {
			t.Fatalf("hashes agree: %v, words agree: %v", !same, same)
		}
	})
}
