package keeper

import (
	"fmt"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/policyfile"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
	"pgregory.net/rapid"
)

// held is a store that knows these grants.
type held struct {
	store.Reader
	grants []privyseal.Grant
}

func (h held) Grants(string) ([]privyseal.Grant, error) { return h.grants, nil }

func drawGrants(t *rapid.T, now time.Time) (out []privyseal.Grant) {
	for i := range rapid.IntRange(0, 6).Draw(t, "grants") {
		g := privyseal.Grant{
			ID: fmt.Sprint("g", i), App: "app", Given: now.Add(-90 * time.Minute),
			Verdict: rapid.SampledFrom([]privyseal.Verdict{privyseal.Refuse, privyseal.Ask, privyseal.Allow}).Draw(t, "verdict"),
			Permission: nip46.Permission{Method: rapid.SampledFrom([]nip46.Method{nip46.SignEvent, nip46.Nip44Decrypt}).Draw(t, "method"),
				For: rapid.SampledFrom([]time.Duration{0, 0, 0, time.Hour, 48 * time.Hour}).Draw(t, "for")},
			Note: rapid.SampledFrom([]string{"", "", "for # the \"weekend\""}).Draw(t, "note"),
		}
		if g.Permission.Method == nip46.SignEvent && rapid.Bool().Draw(t, "with kind") {
			g.Permission.Kind = new(rapid.SampledFrom([]nostr.Kind{1, 7, 30023}).Draw(t, "kind"))
		}
		if g.Verdict == privyseal.Allow {
			g.Reach = rapid.SampledFrom([]privyseal.Level{0, privyseal.L2, privyseal.L3}).Draw(t, "reach")
			g.Permission.Budget = rapid.SampledFrom([]nip46.Budget{{}, {N: 20, Per: time.Hour}, {N: 3, Per: 90 * time.Minute}}).Draw(t, "budget")
		}
		if rapid.Bool().Draw(t, "until") {
			g.Until = now.Add(time.Duration(rapid.IntRange(-5, 50).Draw(t, "minutes"))*time.Minute + 123*time.Millisecond)
		}
		out = append(out, g)
	}
	return out
}

// What is written out and read in again changes nothing; read in where nothing
// was, it makes rules that decide the same.
func TestPolicyFilesComeBack(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		k := &Keeper{grants: newGrantBook(), book: newBook(), now: func() time.Time { return now }}
		app := privyseal.App{ID: "0a", Label: "Notes # \"1\"", Identity: "ana", Preset: "social", Created: now, State: privyseal.AppActive}
		k.book.putApp(app)
		grants := drawGrants(t, now)
		k.grants.set(app.ID, grants)
		first := policyfile.File{Apps: []policyfile.App{k.policyOf(app)}}
		f, err := policyfile.Parse(first.String())
		if err != nil {
			t.Fatal(err)
		}
		blocks, err := k.blocks(f, "")
		if err != nil {
			t.Fatalf("%v\n%s", err, first)
		}
		same, err := k.plan(held{grants: grants}, blocks, now)
		if err != nil || same.changes() != 0 || len(same[0].put)+len(same[0].drop) != 0 {
			t.Fatalf("%v: %+v\n%s", err, same, first)
		}
		fresh, err := k.plan(held{}, blocks, now)
		if err != nil {
			t.Fatal(err)
		}
		k.grants.set(app.ID, fresh[0].put)
		again := k.policyOf(app).Rules
		for i, r := range again {
			if len(fresh[0].put) == len(f.Apps[0].Rules) && r.String() != f.Apps[0].Rules[i].String() {
				t.Fatalf("it became\n%s\nfrom\n%s", r, first)
			}
		}
	})
}
