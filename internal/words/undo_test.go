package words_test

import (
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/internal/words/lint"
)

func TestUndo(t *testing.T) {
	stamp := time.Date(2026, 5, 3, 14, 2, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		s    effect.Summary
		c    effect.Change
		want string
	}{
		"follows": {effect.Summary{Known: true, Added: 312, Removed: 1, Before: 29, Items: 340}, effect.Change{Added: 312, Removed: 1},
			"312 come back, 1 goes.|You have 29 now. After this you have 340."},
		"one":     {effect.Summary{Known: true, Added: 1, Removed: 1200, Before: 1201, Items: 2}, effect.Change{}, "1 comes back, 1,200 go.|You have 1,201 now. After this you have 2."},
		"profile": {effect.Summary{Known: true}, effect.Change{Fields: []effect.Field{{Name: "lud16", From: "x9@pay.example", To: "ana@home.example"}, {Name: "bio", From: "a\u202eb"}}}, `lud16: "x9@pay.example" becomes "ana@home.example".|bio: "ab" becomes nothing.`},
		"article": {effect.Summary{}, effect.Change{Text: true, Added: 2}, "2 come back, 0 go.|The text changes."},
		"same":    {effect.Summary{}, effect.Change{}, "It says the same as now."},
	} {
		title, lines := words.English.Undo(effect.Effect{Summary: c.s}, c.c, stamp)
		if title != "This puts back the version of 3 May 2026, 14:02 UTC." {
			t.Errorf("%s: %s", name, title)
		}
		got := strings.Join(lines[:len(lines)-1], "|")
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		for _, s := range append([]string{title, words.English.CanUndo()}, lines...) {
			if _, hard := lint.English.Hard(s); hard || lint.English.Banned(s) != "" {
				t.Errorf("%s: %q breaks the rules", name, s)
			}
		}
	}
}
