package schnorr_test

import (
	"testing"
	"time"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

// elsewhere stands for all else that a program does, which takes what these
// operations read out of the nearest caches.
var elsewhere [1 << 20 / 64][64]byte

// BenchmarkCold times the operations alone, each after 1 MB of something else.
func BenchmarkCold(b *testing.B) {
	k, pub, hash := benchKeypair(b)
	sig, err := k.Sign(&hash)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		run  func() bool
	}{
		{"Sign", func() bool { _, err := k.Sign(&hash); return err == nil }},
		{"SignChecked", func() bool { _, err := k.SignChecked(&hash); return err == nil }},
		{"Verify", func() bool { return schnorr.Default.Verify(&pub, &hash, &sig) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			var took time.Duration
			for b.Loop() {
				for i := range elsewhere {
					elsewhere[i][0]++
				}
				began := time.Now()
				if !c.run() {
					b.Fatal("failed")
				}
				took += time.Since(began)
			}
			b.ReportMetric(float64(took.Nanoseconds())/float64(b.N), "ns/op")
		})
	}
}
