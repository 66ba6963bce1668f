package policy_test

import (
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/policy"
)

// BenchmarkDecide is what a request asks of this package: its budgets and the
// decision.
func BenchmarkDecide(b *testing.B) {
	for _, preset := range []string{"ask", "social", "trusted"} {
		b.Run(preset, func(b *testing.B) {
			in := input(sign(1, privyseal.L1), g("a", allow, "sign_event:1"), g("b", ask, "sign_event:3"))
			in.App.Preset = preset
			b.ReportAllocs()
			for b.Loop() {
				policy.Budgeted(in.App, in.Grants)
				if policy.Decide(in).Verdict == privyseal.Refuse {
					b.Fatal("refused")
				}
			}
		})
	}
}
