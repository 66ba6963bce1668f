package recent

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Texts that are plain already are told at a glance, and no others.
func TestPlainly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.SampledFrom([]rune("ab  \n\t\x00\u00a0\u2003é")), 0, 12, -1).Draw(t, "text")
		if got, want := plainly(s), strings.Join(strings.Fields(s), " "); got != want {
			t.Errorf("%q became %q, not %q", s, got, want)
		}
	})
}
