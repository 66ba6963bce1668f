package keeper

import (
	"slices"
	"testing"

	"github.com/privyseal/privyseal/nostr"
)

// TestDebts: a relay that takes an answer before its end is written makes one
// change with it; later it is a change of its own.
func TestDebts(t *testing.T) {
	d := newDebts()
	event := nostr.ID{1}
	if d.settle("app", event, nil) {
		t.Fatal("nothing is owed, and it was settled")
	}
	one := d.owe("app", event, []string{"a", "b"})
	other := d.owe("app", nostr.ID{2}, []string{"a"})
	if !d.settle("app", event, []string{"b"}) {
		t.Fatal("what is not written yet was not settled")
	}
	for range 2 { // the second time because the first was undone
		if left, less := d.written(one); !less || !slices.Equal(left, []string{"b"}) {
			t.Fatalf("owed to %v, less %v", left, less)
		}
		if d.settle("app", event, nil) {
			t.Fatal("what is written was settled in passing")
		}
	}
	if left, less := d.written(other); less || !slices.Equal(left, []string{"a"}) {
		t.Fatalf("the other is owed to %v, less %v", left, less)
	}
	for i := range maxDebts + 1 {
		d.owe("app", nostr.ID{3, byte(i), byte(i >> 8)}, nil)
	}
	if len(d.open) != maxDebts {
		t.Fatalf("%d are waited for", len(d.open))
	}
}
