package keeper_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/powers"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nostr"
)

// Apps are searched and shown a piece at a time; each may be reached, once.
func TestAppsInPages(t *testing.T) {
	r := newRig(t)
	mustCall[control.IdentityInfo](r, control.VerbIdentityAdd, control.IdentityAdd{Name: "bo"})
	for i := range 7 {
		r.paired(control.InviteArgs{Identity: "ana", AppName: fmt.Sprint("App ", i)})
	}
	r.paired(control.InviteArgs{Identity: "bo", AppName: "Coracle"})
	seen := map[string]bool{}
	for from, pages := 0, 0; ; pages++ {
		p := mustCall[control.AppsPage](r, control.VerbAppsPage, control.AppsQuery{Limit: 3, From: from})
		for _, a := range p.Apps {
			if seen[a.ID] {
				t.Fatalf("%s twice", a.Name)
			}
			seen[a.ID] = true
		}
		if from = p.Next; from == 0 {
			if p.Total != 8 || len(seen) != 8 || pages != 2 {
				t.Fatalf("%d of %d on %d pages", len(seen), p.Total, pages+1)
			}
			break
		}
	}
	for text, want := range map[string]int{"coracle": 1, " APP ": 7, "bo": 1, "nothing": 0, "app 3": 1} {
		if p := mustCall[control.AppsPage](r, control.VerbAppsPage, control.AppsQuery{Text: text}); p.Total != want || len(p.Apps) != want {
			t.Errorf("%q finds %d", text, p.Total)
		}
	}
	// A person sees their own identities' only, and counts them so.
	v := r.joins("Bea", "auditor", "bo")
	p, err := does[control.AppsPage](v, control.VerbAppsPage, control.AppsQuery{})
	must(t, err)
	if p.Total != 1 || p.Apps[0].Name != "Coracle" {
		t.Fatalf("%+v", p)
	}
}

// What happened is found by app, by words and by day, page after page.
func TestActivityIsFound(t *testing.T) {
	r := newRig(t)
	c := r.paired(control.InviteArgs{AppName: "Coracle", Allow: "sign_event:1,sign_event:7"})
	other := r.paired(control.InviteArgs{AppName: "Snort", Allow: "sign_event:1"})
	for i := range 5 {
		c.ask("sign_event", c.note(fmt.Sprint(i)))
		other.ask("sign_event", other.note(fmt.Sprint("x", i)))
	}
	must(t, r.k.Drain(t.Context()))
	search := func(s control.ActivitySearch) (out []control.RecordInfo) {
		for {
			p := mustCall[control.ActivityPage](r, control.VerbActivitySearch, s)
			out = append(out, p.Records...)
			if s.Before = p.Next; p.Next == 0 {
				return out
			}
		}
	}
	all := search(control.ActivitySearch{Limit: 4})
	if whole := mustCall[[]control.RecordInfo](r, control.VerbActivityList, control.ActivityQuery{Limit: 1000}); len(all) != len(whole) || all[0].Seq != whole[0].Seq || all[len(all)-1].Seq != whole[len(whole)-1].Seq {
		t.Fatalf("%d of %d", len(all), len(whole))
	}
	mine := search(control.ActivitySearch{App: "Coracle", Limit: 3})
	if len(mine) == 0 || len(mine) == len(all) {
		t.Fatalf("%d of %d", len(mine), len(all))
	}
	for _, rec := range mine {
		if rec.AppName != "Coracle" {
			t.Fatalf("%+v", rec)
		}
	}
	byName := search(control.ActivitySearch{Text: "snort", Limit: 3})
	for _, rec := range byName {
		if rec.AppName != "Snort" {
			t.Fatalf("%+v", rec)
		}
	}
	if done := search(control.ActivitySearch{Text: "Done", App: "Snort"}); len(byName) == 0 || len(done) != 5 || !strings.Contains(strings.ToLower(done[0].Sentence), "done") {
		t.Fatalf("%d by name, %d done", len(byName), len(done))
	}
	middle := all[len(all)/2].Time
	after, before := search(control.ActivitySearch{Since: middle}), search(control.ActivitySearch{Until: middle})
	if len(after)+len(before) != len(all) || len(after) == 0 || len(before) == 0 {
		t.Fatalf("%d and %d of %d", len(after), len(before), len(all))
	}
	w := mustCall[control.AppWeek](r, control.VerbAppsWeek, control.Name{Name: "Coracle"})
	if len(w.Did) == 0 || w.Did[0].Times != 5 || w.Refused != 0 || w.More {
		t.Fatalf("%+v", w)
	}
	r.sleep(8 * 24 * time.Hour)
	if w := mustCall[control.AppWeek](r, control.VerbAppsWeek, control.Name{Name: "Coracle"}); len(w.Did) != 0 {
		t.Fatalf("a week later %+v", w)
	}
}

// large fills a store with many apps and records, for benchmarks.
func large(b *testing.B, s store.Store, identity string, apps, records int, now time.Time) {
	b.Helper()
	for from := 0; from < apps; from += 1000 {
		must(b, s.Update(b.Context(), func(tx store.Tx) error {
			for i := from; i < min(from+1000, apps); i++ {
				var key nostr.PubKey
				copy(key[:], fmt.Sprintf("app %028d", i))
				a := privyseal.App{
					ID: fmt.Sprintf("%016x", i), Identity: identity, Client: key, Signer: key, Label: fmt.Sprint("App ", i), State: privyseal.AppActive,
					Preset: "social", Created: now.Add(-time.Hour * time.Duration(i)), LastSeen: now.Add(-time.Minute * time.Duration(i)),
				}
				if err := tx.PutApp(a); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	for from := 0; from < records; from += 10_000 {
		must(b, s.Update(b.Context(), func(tx store.Tx) error {
			for i := from; i < min(from+10_000, records); i++ {
				rec := privyseal.Record{
					Time: now.Add(-time.Second * time.Duration(records-i)), Phase: privyseal.PhaseDone, Identity: identity, App: fmt.Sprintf("%016x", i*7919%apps),
					Op: privyseal.OpSignEvent, Kind: []int{1, 7, 6, 22242}[i%4], Outcome: privyseal.Allowed, Trace: fmt.Sprintf("%016x", i), Rule: "preset",
				}
				if _, err := tx.AppendRecord(rec); err != nil {
					return err
				}
			}
			return nil
		}))
	}
}

// BenchmarkPages is the time of the calls behind the console's lists, with ten
// thousand apps and a million records.
func BenchmarkPages(b *testing.B) {
	const apps, records = 10_000, 1_000_000
	r := newRig(b)
	now := r.now()
	sealing := powers.Over(r.store, r.vault)
	_, err := sealing.Check(b.Context(), now, powers.Facts{})
	must(b, err)
	large(b, sealing, r.ana().ID, apps, records, now)
	r.restart()
	day := now.Add(-5 * 24 * time.Hour)
	for _, page := range []struct {
		name, verb string
		args       any
	}{
		{"questions", control.VerbRequestsList, nil},
		{"status", control.VerbStatus, nil},
		{"apps", control.VerbAppsPage, control.AppsQuery{}},
		{"apps, the last", control.VerbAppsPage, control.AppsQuery{From: apps - perPage}},
		{"apps, sought", control.VerbAppsPage, control.AppsQuery{Text: "app 77"}},
		{"an app", control.VerbAppsShow, control.Name{Name: fmt.Sprintf("%016x", 77)}},
		{"an app's week", control.VerbAppsWeek, control.Name{Name: fmt.Sprintf("%016x", 77)}},
		{"activity", control.VerbActivitySearch, control.ActivitySearch{}},
		{"activity, the first", control.VerbActivitySearch, control.ActivitySearch{Before: 60}},
		{"activity of an app", control.VerbActivitySearch, control.ActivitySearch{App: fmt.Sprintf("%016x", 77)}},
		{"activity of a day", control.VerbActivitySearch, control.ActivitySearch{Since: day, Until: day.Add(24 * time.Hour)}},
		{"activity with words", control.VerbActivitySearch, control.ActivitySearch{Text: "log in"}},
		{"activity with words there are not", control.VerbActivitySearch, control.ActivitySearch{Text: "no such words"}},
		{"connections", control.VerbRelaysList, nil},
		{"you", control.VerbIdentityList, nil},
		{"people", control.VerbPeopleList, nil},
		{"settings", control.VerbSettingsList, nil},
		{"notifications", control.VerbNotifyList, nil},
	} {
		b.Run(page.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := call[any](r, page.verb, page.args); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// perPage is how many rows a page has.
const perPage = 50
