package console

import "testing"

// Pages are made when they are first asked for: here all of them are, so that
// a fault in one is seen before a person sees it.
func TestEveryPageIsMade(t *testing.T) {
	made := 0
	for lang, byName := range texts {
		for name, page := range byName {
			if page().Lookup(name+".html") == nil {
				t.Errorf("%s in %q has no text of its own", name, lang)
			}
			made++
		}
	}
	if made < 30 {
		t.Fatalf("only %d pages were made", made)
	}
}
