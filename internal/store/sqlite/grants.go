package sqlite

import (
	"database/sql/driver"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/failpoint"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

const grantColumns = `id, app, method, kind, target, budget_n, budget_per, lasts, verdict, given, until, origin, reach, note`

func scanGrant(r *row) privyseal.Grant {
	g := privyseal.Grant{ID: r.text(), App: r.text()}
	p := &g.Permission
	p.Method = nip46.Method(r.text())
	if r.vals[r.next] == nil {
		r.next++
	} else {
		kind := r.int()
		if kind != int64(nostr.Kind(kind)) {
			r.bad()
		}
		p.Kind = new(nostr.Kind(kind))
	}
	p.Target = r.text()
	p.Budget = nip46.Budget{N: int(r.int()), Per: time.Duration(r.int())}
	p.For = time.Duration(r.int())
	g.Verdict, g.Given, g.Until, g.Origin = small[privyseal.Verdict](r), r.time(), r.time(), r.text()
	g.Reach, g.Note = small[privyseal.Level](r), r.text()
	return g
}

// Grants implements [store.Reader].
func (x *reader) Grants(app string) ([]privyseal.Grant, error) {
	if app == "" {
		return list(x.c, scanGrant, `SELECT `+grantColumns+` FROM permit ORDER BY n`)
	}
	return list(x.c, scanGrant, `SELECT `+grantColumns+` FROM permit WHERE app = ? ORDER BY n`, app)
}

// PutGrant implements [store.Tx].
func (x *tx) PutGrant(g privyseal.Grant) error {
	var kind driver.Value
	p := g.Permission
	if p.Kind != nil {
		kind = int64(*p.Kind)
	}
	_, err := x.c.change(`INSERT INTO permit (`+grantColumns+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET app = excluded.app, method = excluded.method, kind = excluded.kind,
		target = excluded.target, budget_n = excluded.budget_n, budget_per = excluded.budget_per,
		lasts = excluded.lasts, verdict = excluded.verdict, given = excluded.given,
		until = excluded.until, origin = excluded.origin, reach = excluded.reach, note = excluded.note`,
		g.ID, g.App, string(p.Method), kind, p.Target, int64(p.Budget.N), int64(p.Budget.Per), int64(p.For),
		int64(g.Verdict), milli(g.Given), milli(g.Until), g.Origin, int64(g.Reach), g.Note)
	return err
}

// DeleteGrant implements [store.Tx].
func (x *tx) DeleteGrant(app, id string) error {
	if _, err := x.c.change(`DELETE FROM budget WHERE permit = ?`, id); err != nil {
		return err
	}
	return x.c.must(`DELETE FROM permit WHERE app = ? AND id = ?`, app, id)
}

// BudgetUse implements [store.Reader]: the newest window.
func (x *reader) BudgetUse(grant string) (privyseal.BudgetUse, error) {
	return one(x.c, func(r *row) privyseal.BudgetUse {
		return privyseal.BudgetUse{Grant: r.text(), Window: r.time(), Used: int(r.int())}
	}, `SELECT permit, window, used FROM budget WHERE permit = ? ORDER BY window DESC LIMIT 1`, grant)
}

// Spend implements [store.Tx].
func (x *tx) Spend(grant string, window time.Time, n int) error {
	failpoint.Hit(failpoint.Spend)
	if n <= 0 {
		return store.ErrSpent
	}
	changed, err := x.c.change(`INSERT INTO budget (permit, window, used) VALUES (?, ?, 1)
		ON CONFLICT (permit, window) DO UPDATE SET used = used + 1 WHERE used < ?`,
		grant, milli(window), int64(n))
	if err == nil && changed == 0 {
		return store.ErrSpent
	}
	return err
}

// grantJSON is a grant inside an invitation. Its names are part of the file's
// format, whatever the domain type calls them.
type grantJSON struct {
	ID      string      `json:"id,omitempty"`
	App     string      `json:"app,omitempty"`
	Method  string      `json:"method"`
	Kind    *nostr.Kind `json:"kind,omitempty"`
	Target  string      `json:"target,omitempty"`
	N       int         `json:"n,omitempty"`
	Per     int64       `json:"per,omitempty"`
	For     int64       `json:"for,omitempty"`
	Verdict uint8       `json:"verdict"`
	Given   int64       `json:"given,omitempty"`
	Until   int64       `json:"until,omitempty"`
	Origin  string      `json:"origin,omitempty"`
	Reach   uint8       `json:"reach,omitempty"`
	Note    string      `json:"note,omitempty"`
}

func encodeGrants(grants []privyseal.Grant) driver.Value {
	all := make([]grantJSON, len(grants))
	for i, g := range grants {
		p := g.Permission
		all[i] = grantJSON{
			g.ID, g.App, string(p.Method), p.Kind, p.Target, p.Budget.N, int64(p.Budget.Per), int64(p.For),
			uint8(g.Verdict), milli(g.Given), milli(g.Until), g.Origin, uint8(g.Reach), g.Note,
		}
	}
	return encode(all)
}

func decodeGrants(r *row) (grants []privyseal.Grant) {
	var all []grantJSON
	decode(r, &all)
	for _, g := range all {
		grants = append(grants, privyseal.Grant{
			ID: g.ID, App: g.App,
			Permission: nip46.Permission{
				Method: nip46.Method(g.Method), Kind: g.Kind, Target: g.Target,
				Budget: nip46.Budget{N: g.N, Per: time.Duration(g.Per)}, For: time.Duration(g.For),
			},
			Verdict: privyseal.Verdict(g.Verdict), Given: unmilli(g.Given), Until: unmilli(g.Until), Origin: g.Origin,
			Reach: privyseal.Level(g.Reach), Note: g.Note,
		})
	}
	return grants
}
