package webapp

import (
	"os"
	"strings"
	"testing"
)

// TestEveryPageHasAPlan: each page says what to do when a side lacks something,
// and docs/demo.md says the same.
func TestEveryPageHasAPlan(t *testing.T) {
	files, err := pageFiles.ReadDir("pages")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("../../docs/demo.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		switch f.Name() {
		case "layout.html", "parts.html", "sorry.html":
			continue
		}
		p := plans[f.Name()]
		if p.Does == "" || p.Needs == "" || p.Else == "" {
			t.Errorf("%s has no plan", f.Name())
		}
		if row := "| " + p.Does + " | " + p.Needs + " | " + p.Else + " |"; !strings.Contains(string(doc), row) {
			t.Errorf("docs/demo.md does not have the row\n%s", row)
		}
	}
}

// Nothing that a person reads on the pages is a number or word of the protocol.
func TestPagesSpeakPlainly(t *testing.T) {
	files, err := pageFiles.ReadDir("pages")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := pageFiles.ReadFile("pages/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"NIP", "kind ", "npub", "pubkey", "hex", "event"} {
			if strings.Contains(string(raw), word) {
				t.Errorf("%s says %q", f.Name(), word)
			}
		}
	}
}
