//go:build timing

package schnorr

import (
	"crypto/rand"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// How long it takes tells nothing of the secret (dudect: Reparaz, Balasch and
// Verbauwhede, "Dude, is my code constant time?", 2016): one number again and
// again, among random ones, takes as long as those. Welch's t above 4.5 is a
// leak; of the verifier's table, which is made to take a time of its own for
// each number, it is far above.
func TestTimeTellsNothing(t *testing.T) {
	seven, least := scalar([]byte{7}), scalar([]byte{1})
	point := affine{combG()[0][3].x, combG()[0][3].y}
	for _, c := range []struct {
		name  string
		fixed secp256k1.ModNScalar
		leaks bool
		run   func(k *secp256k1.ModNScalar)
	}{
		{"k·G, k = 7", seven, false, func(k *secp256k1.ModNScalar) { secretG(k) }},
		{"k·G, k = 1", least, false, func(k *secp256k1.ModNScalar) { secretG(k) }},
		{"k·P, k = 7", seven, false, func(k *secp256k1.ModNScalar) { point.times(k) }},
		{"a key's sign", seven, false, func(k *secp256k1.ModNScalar) { n := *k; negateIf(&n, 1) }},
		{"the verifier's table, k = 7", seven, true, func(k *secp256k1.ModNScalar) { sumAll(base().parts(nil, k)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := welch(c.fixed, c.run)
			t.Logf("t = %.2f", v)
			if leaks := math.Abs(v) > 4.5; leaks != c.leaks {
				t.Errorf("t = %.2f: leaks %v, want %v", v, leaks, c.leaks)
			}
		})
	}
}

// welch is the t of the two classes' times, the slowest tenth left out: what
// interrupts a run tells nothing of it.
func welch(fixed secp256k1.ModNScalar, run func(*secp256k1.ModNScalar)) float64 {
	const runs = 200_000
	classes := make([]byte, runs)
	rand.Read(classes)
	var times [2][]float64
	inputs := make([]secp256k1.ModNScalar, runs)
	for i := range inputs {
		var raw [32]byte
		rand.Read(raw[:])
		if inputs[i] = fixed; classes[i]&1 == 1 {
			inputs[i].SetBytes(&raw)
		}
	}
	for i := range inputs {
		began := time.Now()
		run(&inputs[i])
		class := classes[i] & 1
		times[class] = append(times[class], float64(time.Since(began)))
	}
	all := slices.Concat(times[0], times[1])
	slices.Sort(all)
	most := all[len(all)*9/10]
	var mean, share [2]float64
	for i, ts := range times {
		ts = slices.DeleteFunc(ts, func(d float64) bool { return d > most })
		n := float64(len(ts))
		for _, d := range ts {
			mean[i] += d / n
		}
		for _, d := range ts {
			share[i] += (d - mean[i]) * (d - mean[i]) / (n - 1) / n
		}
	}
	return (mean[0] - mean[1]) / math.Sqrt(share[0]+share[1])
}
