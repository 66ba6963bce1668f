package store

import (
	"errors"
	"sync/atomic"
	"testing"
)

// Each part is done once; an error comes out.
func TestParts(t *testing.T) {
	for _, n := range []int{0, 1, 2, 17} {
		done := make([]atomic.Int32, n)
		if err := Parts(n, func(part int) error { done[part].Add(1); return nil }); err != nil {
			t.Fatal(err)
		}
		for part := range done {
			if got := done[part].Load(); got != 1 {
				t.Errorf("part %d of %d was done %d times", part, n, got)
			}
		}
	}
	broken := errors.New("broken")
	for bad := range 9 {
		err := Parts(9, func(part int) error {
			if part == bad {
				return broken
			}
			return nil
		})
		if !errors.Is(err, broken) {
			t.Errorf("the error of part %d did not come out: %v", bad, err)
		}
	}
}
