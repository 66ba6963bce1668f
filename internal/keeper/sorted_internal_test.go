package keeper

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// Sessions come in the order that the store has their ids in, however long these
// are and whatever they begin with.
func TestSortedByID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.OneOf(rapid.String(), rapid.StringMatching(`0{6,18}[0-2]?`), rapid.SampledFrom([]string{"", "\x00", "a", "a\x00"}))
		want := rapid.SliceOfDistinct(id, func(s string) string { return s }).Draw(t, "ids")
		b := newBook()
		for i, id := range want {
			b.putApp(privyseal.App{ID: id, Signer: nostr.PubKey{byte(i), byte(i >> 8)}})
		}
		slices.Sort(want)
		apps, ids := b.sorted()
		if !slices.Equal(ids, want) {
			t.Fatalf("%q, want %q", ids, want)
		}
		for i, s := range apps {
			if s.id != ids[i] || s != b.apps[s.id] {
				t.Fatalf("%q stands for %q", s.id, ids[i])
			}
		}
	})
}
