//go:build !race

package keeper_test

import "testing"

// maxAllocations bounds the allocations of one signed request through the whole
// keeper, the played front's among them, so that they do not creep up: there are
// 101 to 104, by how many share a commit.
const maxAllocations = 110

func TestAllocationsOfARequest(t *testing.T) {
	got := testing.Benchmark(BenchmarkSign).AllocsPerOp()
	t.Logf("%d allocations a request", got)
	if got == 0 || got > maxAllocations {
		t.Fatalf("%d allocations a request, want 1 to %d", got, maxAllocations)
	}
}
