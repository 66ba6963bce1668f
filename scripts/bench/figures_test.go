package main

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestQuantile(t *testing.T) {
	if got := quantile(nil, 99); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
	var took []time.Duration
	for i := range 200 {
		took = append(took, time.Duration(200-i)*time.Millisecond)
	}
	for percent, want := range map[int]float64{0: 1, 50: 101, 95: 191, 99: 199, 100: 200} {
		if got := quantile(took, percent); got != want {
			t.Errorf("p%d: %v, want %v", percent, got, want)
		}
	}
	if took[0] != 200*time.Millisecond {
		t.Error("the argument was sorted")
	}
}

// The median lies between, in whichever order the rounds come; a figure that
// only some rounds have counts for those.
func TestMedians(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(0, 1e6), 1, 7).Draw(t, "values")
		var rounds []*figures
		below, above := 0, 0
		for _, v := range values {
			f := newFigures()
			f.set("t", "r", "c", v)
			rounds = append(rounds, f)
		}
		rounds[len(rounds)-1].set("t", "r", "only here", 3)
		out := medians(rounds)
		m, ok := out.get("t", "r", "c")
		for _, v := range values {
			if v <= m {
				below++
			}
			if v >= m {
				above++
			}
		}
		if !ok || below*2 < len(values) || above*2 < len(values) {
			t.Fatalf("%v: %v", values, m)
		}
		if v, ok := out.get("t", "r", "only here"); !ok || v != 3 {
			t.Fatalf("%v, %v", v, ok)
		}
	})
}

func TestTables(t *testing.T) {
	f := newFigures()
	f.set("speed", "ours", "s", 0.25)
	f.set("speed", "theirs", "s", 12.345)
	f.set("speed", "ours", "MB", 1234)
	f.set("speed", "ours", "s", 1.5) // anew
	want := "\n| speed | s | MB |\n|---|---|---|\n| ours | 1.50 | 1234 |\n| theirs | 12.3 |  |\n"
	if got := f.tables(); got != want {
		t.Errorf("%q", got)
	}
	if v := f.nested()["speed"]["theirs"]["s"]; v != 12.345 {
		t.Error(v)
	}
}

func TestGoals(t *testing.T) {
	o := options{apps: []int{1, 100_000}, growth: 1_000_000}
	for _, v := range goals(newFigures(), o) {
		if v.Measured || v.Met {
			t.Errorf("%s is met by nothing", v.What)
		}
	}
	f := newFigures()
	sign := oursPure + " sign_event"
	f.set(loaded, sign, cpuColumn, 0.1)
	f.set(curveTable, allInGo, "verify", 20)
	f.set(curveTable, allInGo, "sign", 10)
	f.set(curveTable, allInGo, "sign and check", 20)
	f.set(loaded, sign, rate, 1000)
	f.set(loaded, peerPure+" sign_event", rate, 1000)
	f.set(loaded, peerPure+" sign_event", cpuColumn, 0.2)
	f.set(loaded, sign, atColumn(50, 1), 2)
	f.set(floor, echoRow, atColumn(50, 1), 0.5)
	f.set(floor, pausedRow, atColumn(50, 1), 1.3)
	f.set(growthTable, oursPure, growthMB, 1.5)
	got := map[string]verdict{}
	for _, v := range goals(f, o) {
		if v.Measured {
			got[v.What] = v
		}
	}
	for _, c := range []struct {
		what   string
		figure float64
		met    bool
	}{
		{"privyseal (pure Go): CPU per sign beside go-nostr (pure Go)", 0.5, true},
		{"privyseal (pure Go): CPU per sign beside the curve's operations, all in decred's secp256k1", 2, false},
		{"privyseal (pure Go): throughput beside go-nostr (pure Go)", 1, false}, // a floor of 1.15
		{"privyseal (pure Go): latency beyond echo and a commit after a pause, p50", 0.2, true},
		{"memory grown over 1000000 requests", 1.5, false},
	} {
		v, ok := got[c.what]
		if diff := v.Figure - c.figure; !ok || diff > 1e-9 || diff < -1e-9 || v.Met != c.met {
			t.Errorf("%s: %+v, measured %v", c.what, v, ok)
		}
		delete(got, c.what)
	}
	if len(got) > 0 {
		t.Errorf("measured from nothing: %+v", got)
	}
	table := verdictTable(goals(f, o))
	for _, line := range []string{
		"| privyseal (pure Go): CPU per sign beside go-nostr (pure Go) | ≤ 0.712 × | 0.500 × | met |",
		"| privyseal (pure Go): throughput beside go-nostr (pure Go) | ≥ 1.15 × | 1.00 × | missed |",
		"| own relay: an idle connection | ≤ 26.0 kB |  | not measured |",
	} {
		if !strings.Contains(table, line) {
			t.Errorf("no line %s in\n%s", line, table)
		}
	}
}
