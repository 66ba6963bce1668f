package powers

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// What is written by hand is what encoding/json writes: seals that were made of
// that fit.
func TestDigestIsOfJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ -~]{0,40}`), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		at := rapid.Map(rapid.Int64Range(-1<<40, 1<<45), func(ms int64) time.Time { return time.UnixMilli(ms) })
		key := rapid.Map(rapid.SliceOfN(rapid.Byte(), 32, 32), func(b []byte) nostr.PubKey { return nostr.PubKey(b) })
		a := privyseal.App{
			ID: text.Draw(t, "id"), Identity: text.Draw(t, "identity"), Client: key.Draw(t, "client"), Signer: key.Draw(t, "signer"),
			Compatible: rapid.Bool().Draw(t, "compatible"), Preset: text.Draw(t, "preset"), Ends: at.Draw(t, "ends"),
		}
		if rapid.Bool().Draw(t, "no end") {
			a.Ends = time.Time{}
		}
		grants := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) privyseal.Grant {
			return privyseal.Grant{ID: text.Draw(t, "grant"), Origin: text.Draw(t, "origin"), Given: at.Draw(t, "given"), Until: at.Draw(t, "until"), Verdict: privyseal.Allow}
		}), 0, 3).Draw(t, "grants")
		want := digest(appFacts{a.ID, a.Identity, a.Client, a.Signer, a.Compatible, a.Preset, a.Ends.UnixMilli(), grantsOf(grants)})
		if ofApp(a, grants) != want {
			t.Errorf("of an app with %d grants", len(grants))
		}
		if ofActive(a.ID) != digest(a.ID) {
			t.Error("of its being active")
		}
	})
}
