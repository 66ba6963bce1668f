package promptbook_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/promptbook"
	"github.com/privyseal/privyseal/internal/words"
)

var update = flag.Bool("update", false, "write testdata")

func TestGolden(t *testing.T) {
	for _, lang := range words.Languages() {
		t.Run(lang, func(t *testing.T) {
			var b strings.Builder
			c := words.In(lang)
			if err := promptbook.Text(&b, c, promptbook.Pages(), lang == "en"); err != nil {
				t.Fatal(err)
			}
			for _, name := range policy.Presets() {
				fmt.Fprintf(&b, "== preset %s\n", name)
				for _, s := range c.May(name, nil) {
					fmt.Fprintf(&b, "  %s\n", s.Sentence)
				}
				b.WriteByte('\n')
			}
			golden(t, "testdata/"+lang+".txt", b.String())
		})
	}
}

// golden compares a text with a file, line by line.
func golden(t *testing.T, file, text string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, old := strings.Split(text, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(old)) {
		if i >= len(got) || i >= len(old) || got[i] != old[i] {
			t.Fatalf("%s: line %d differs (run with -update after reading every change):\n got %q\nwant %q",
				file, i+1, strings.Join(got[i:min(i+1, len(got))], ""), strings.Join(old[i:min(i+1, len(old))], ""))
		}
	}
}

// The book has every act, and every reason that may be told.
func TestTheBookIsComplete(t *testing.T) {
	ids, codes, names := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, page := range promptbook.Pages() {
		if names[page.Name] {
			t.Errorf("two pages are %q", page.Name)
		}
		names[page.Name] = true
		e := page.Effect()
		ids[page.Prompt(words.English).ID] = true
		codes[e.Blocked] = true
		for _, r := range e.Reasons {
			codes[r.Code] = true
		}
	}
	for _, row := range effect.Kinds() {
		if !ids["ask."+string(row.Act)] && !ids["blocked."+string(row.Act)] {
			t.Errorf("no page for %s", row.Act)
		}
	}
	for _, code := range effect.Codes() {
		if !codes[code] {
			t.Errorf("no page for the reason %q", code)
		}
	}
}
