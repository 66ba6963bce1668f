//go:build !race

package keeper_test

import "testing"

// maxAllocations bounds the allocations of one signed request through the whole
// keeper, the played front's among them, so that they do not creep up. Where fewer
// requests share a commit there are two or three more, so that one low count will do.
const maxAllocations = 105

func TestAllocationsOfARequest(t *testing.T) {
	var got int64
	for range 3 {
		got = testing.Benchmark(BenchmarkSign).AllocsPerOp()
		t.Logf("%d allocations a request", got)
		if 0 < got && got <= maxAllocations {
			return
		}
	}
	t.Fatalf("%d allocations a request, want 1 to %d", got, maxAllocations)
}
