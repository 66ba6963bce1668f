package main

import "testing"

// A small heap may grow to five times what lives; a large one gathers no more
// garbage than a fixed amount, and never so little that it is always collected.
func TestGarbageOver(t *testing.T) {
	for live, want := range map[uint64]int{0: garbage, 5 << 20: garbage, 16 << 20: garbage, 64 << 20: 100, 100 << 20: 64, 10 << 30: 50} {
		if got := garbageOver(live); got != want {
			t.Errorf("%d MiB: %d %%, want %d", live>>20, got, want)
		}
	}
}
