package effect_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/effect"
)

var update = flag.Bool("update", false, "write testdata/kinds.golden")

// The table of kinds, every row in full: a change of one is seen in review.
func TestTableOfKinds(t *testing.T) {
	const file = "testdata/kinds.golden"
	var b strings.Builder
	for _, r := range effect.Kinds() {
		fmt.Fprintf(&b, "%d-%d %s %s %d\n", r.From, r.To, r.Act, r.Level, r.Audience)
	}
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the table of kinds changed; if that is meant: go test ./internal/effect -update\n%s", b.String())
	}
}
