package keeper

import (
	"slices"
	"testing"

	"github.com/privyseal/privyseal/nostr"
)

// A relay that takes an answer before its outcome is written is left out there;
// afterwards it is written for itself, and each answer only knows its own.
func TestReceiptBeforeTheOutcomeIsWritten(t *testing.T) {
	var f finishing
	event := nostr.ID{1}
	if f.settle(event, nil) {
		t.Fatal("nothing waits yet")
	}
	end := f.begin(event, []string{"a", "b"})
	if !f.settle(event, []string{"b"}) {
		t.Fatal("it waits")
	}
	again := f.begin(event, []string{"a", "b"}) // answered anew before the first is written
	for range 2 {                               // a commit that failed asks again
		if o := end(); !slices.Equal(o.left, []string{"b"}) || !o.settled {
			t.Fatalf("first: %+v", o)
		}
	}
	if !f.settle(event, nil) {
		t.Fatal("the second waits")
	}
	if o := again(); len(o.left) > 0 || !o.settled {
		t.Fatalf("second: %+v", o)
	}
	if f.settle(event, nil) || len(f.owed) > 0 {
		t.Fatal("written, it waits no more")
	}
	if o := f.begin(event, []string{"c"})(); !slices.Equal(o.left, []string{"c"}) || o.settled {
		t.Fatalf("nothing heard: %+v", o)
	}
}
