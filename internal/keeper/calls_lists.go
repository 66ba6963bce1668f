package keeper

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
)

const (
	perPage = 50
	// maxLooked bounds the records that one page is searched in.
	maxLooked = 1000
	week      = 7 * 24 * time.Hour
)

// sees reports whether whoever asks may see what is an identity's.
func sees(ctx context.Context) func(identity string) bool {
	who, ok := acting(ctx)
	return func(identity string) bool { return !ok || who.RoleOn(identity) >= privyseal.RoleAuditor }
}

// briefApp shows an app without what it may do.
func (k *Keeper) briefApp(a privyseal.App) control.AppInfo {
	who, _ := k.book.identity(a.Identity)
	return control.AppInfo{
		ID: a.ID, Name: a.Name(), Identity: who.Name, Client: a.Client.String(), Signer: a.Signer.String(),
		Claims:     control.ClaimInfo{Name: a.Claimed.Name, URL: a.Claimed.URL, Image: a.Claimed.Image},
		Compatible: a.Compatible, State: a.State.String(), Preset: a.Preset, LooksDeaf: k.looksDeaf(a.ID),
		Created: a.Created, LastSeen: a.LastSeen, Ends: a.Ends, May: []string{}, Grants: []control.GrantInfo{},
	}
}

// seek is some of the apps with a text in their name, address or identity, the
// last seen first, and how many there are. Every app is in memory.
func (b *book) seek(text string, sees func(identity string) bool, from, limit int) (out []privyseal.App, total int) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	type found struct {
		at  int64
		app *kept
	}
	text = strings.ToLower(text)
	may := map[string]bool{}
	var all []found
	for _, s := range b.apps {
		a := s.app()
		if _, known := may[a.Identity]; !known {
			may[a.Identity] = sees(a.Identity)
		}
		if may[a.Identity] && (text == "" || strings.Contains(strings.ToLower(a.Name()+"\n"+a.Claimed.URL+"\n"+b.identities[a.Identity].Name), text)) {
			all = append(all, found{later(a.LastSeen, a.Created).UnixMilli(), s})
		}
	}
	slices.SortFunc(all, func(x, y found) int { return cmp.Or(cmp.Compare(y.at, x.at), cmp.Compare(x.app.id, y.app.id)) })
	from = min(max(from, 0), len(all))
	for _, f := range all[from:min(from+limit, len(all))] {
		out = append(out, f.app.app())
	}
	return out, len(all)
}

func (k *Keeper) pageApps(ctx context.Context, q control.AppsQuery) (control.AppsPage, error) {
	from := max(q.From, 0)
	found, total := k.book.seek(strings.TrimSpace(q.Text), sees(ctx), from, pageSize(q.Limit))
	out := control.AppsPage{Apps: []control.AppInfo{}, Total: total}
	for _, a := range found {
		out.Apps = append(out.Apps, k.briefApp(a))
	}
	if next := from + len(found); len(found) > 0 && next < total {
		out.Next = next
	}
	return out, nil
}

func pageSize(limit int) int {
	if limit <= 0 || limit > 4*perPage {
		return perPage
	}
	return limit
}

// searchActivity looks through no more than so many records for one page.
func (k *Keeper) searchActivity(ctx context.Context, s control.ActivitySearch) (control.ActivityPage, error) {
	out := control.ActivityPage{Records: []control.RecordInfo{}}
	may, text, limit := sees(ctx), strings.ToLower(strings.TrimSpace(s.Text)), pageSize(s.Limit)
	q := store.RecordQuery{Before: s.Before, Since: s.Since, Until: s.Until, Limit: limit + 1}
	if s.App != "" {
		q.App = s.App // one that was dropped still has its records, under its id
		if a, err := k.findApp(s.App); err == nil {
			q.App = a.ID
		}
	}
	if text != "" {
		q.Limit = maxLooked / 4
	}
	told := map[sayings]bool{}
	err := k.store.View(ctx, func(r store.Reader) error {
		for looked := 0; ; {
			list, err := r.Records(q)
			if err != nil {
				return err
			}
			for _, rec := range list {
				if looked >= maxLooked || len(out.Records) == limit {
					out.Next = rec.Seq + 1
					return nil
				}
				looked++
				if !may(rec.Identity) || text != "" && !k.tells(rec, text, told) {
					continue
				}
				info, err := k.fullRecord(r, rec)
				if err != nil {
					return err
				}
				out.Records = append(out.Records, info)
			}
			if len(list) < q.Limit {
				return nil
			}
			q.Before = list[len(list)-1].Seq
		}
	})
	return out, err
}

// sayings is all that a record's sentence is made of.
type sayings struct {
	phase   privyseal.Phase
	op      privyseal.Operation
	kind    int
	verdict privyseal.Verdict
	outcome privyseal.Outcome
	detail  string
	app     string
	rule    string
}

// tells reports whether a record's sentence or app has a text. Most records say
// what others said.
func (k *Keeper) tells(rec privyseal.Record, text string, told map[sayings]bool) bool {
	key := sayings{rec.Phase, rec.Op, rec.Kind, rec.Verdict, rec.Outcome, rec.Detail, rec.App, rec.Rule}
	has, known := told[key]
	if known {
		return has
	}
	one := key
	one.app, one.rule = "", ""
	said, known := told[one]
	if !known {
		said = strings.Contains(strings.ToLower(k.say().Receipt(rec)), text)
		told[one] = said
	}
	if !said {
		a, _ := k.book.appByID(rec.App)
		said = strings.Contains(strings.ToLower(a.Name()+"\n"+rec.Rule), text)
	}
	told[key] = said
	return said
}

// weekOf counts what an app did in the last seven days.
func (k *Keeper) weekOf(ctx context.Context, n control.Name) (control.AppWeek, error) {
	out := control.AppWeek{Did: []control.DidTimes{}}
	a, err := k.findApp(n.Name)
	if err != nil {
		return out, err
	}
	times := map[string]int{}
	err = k.store.View(ctx, func(r store.Reader) error {
		list, err := r.Records(store.RecordQuery{App: a.ID, Since: k.now().Add(-week), Limit: maxLooked})
		for _, rec := range list {
			switch {
			case rec.Phase != privyseal.PhaseDone:
			case rec.Outcome == privyseal.Allowed:
				times[k.say().Act(rec)]++
			default:
				out.Refused++
			}
		}
		out.More = len(list) == maxLooked
		return err
	})
	for what, n := range times {
		out.Did = append(out.Did, control.DidTimes{What: what, Times: n})
	}
	slices.SortFunc(out.Did, func(x, y control.DidTimes) int {
		return cmp.Or(cmp.Compare(y.Times, x.Times), cmp.Compare(x.What, y.What))
	})
	return out, err
}
