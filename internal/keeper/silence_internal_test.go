package keeper

import (
	"slices"
	"testing"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// While an app is heard over one relay, each other one of its relays that
// brings nothing is measured, once in a while of silence.
func TestSilenceIsMeasured(t *testing.T) {
	const a, b, c, foreign = "wss://a.example", "wss://b.example", "wss://c.example", "wss://foreign.example"
	e := newEars(nil)
	for _, url := range []string{a, b, c} {
		e.wants(url, []nostr.PubKey{{1}})
	}
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		after time.Duration
		over  string
		want  []string
	}{
		{0, a, nil}, // the silence of b and c begins
		{30 * time.Second, c, nil},
		{59 * time.Second, a, nil},
		{60 * time.Second, a, []string{b}},
		{61 * time.Second, a, nil}, // asked a second ago
		{95 * time.Second, a, []string{c}},
		{3 * time.Minute, b, []string{a, c}},
		{3*time.Minute + time.Second, a, nil},
	} {
		if got := e.silent(x.over, []string{a, b, c, foreign}, start.Add(x.after)); !slices.Equal(got, x.want) {
			t.Errorf("after %v over %s: %v, want %v", x.after, x.over, got, x.want)
		}
	}
}
