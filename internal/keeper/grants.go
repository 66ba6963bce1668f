package keeper

import (
	"slices"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/internal/store"
)

// grantBook is what apps may do, and how much of each budget is used, in
// memory. The store's conditional statement has the last word on a budget.
type grantBook struct {
	mu   sync.RWMutex
	apps map[string][]privyseal.Grant
	used map[string]privyseal.BudgetUse // by grant
}

func newGrantBook() *grantBook {
	return &grantBook{apps: map[string][]privyseal.Grant{}, used: map[string]privyseal.BudgetUse{}}
}

func (b *grantBook) load(r store.Reader) error {
	all, err := r.Grants("")
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, g := range all {
		b.apps[g.App] = append(b.apps[g.App], g)
	}
	return nil
}

func (b *grantBook) of(app string) []privyseal.Grant {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.apps[app] // replaced as a whole, never changed
}

// each walks the apps that have grants.
func (b *grantBook) each(fn func(app string, grants []privyseal.Grant)) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for app, grants := range b.apps {
		fn(app, grants)
	}
}

func (b *grantBook) set(app string, grants []privyseal.Grant) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.apps[app] = grants
}

func (b *grantBook) add(g privyseal.Grant) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.apps[g.App] = append(slices.Clone(b.apps[g.App]), g)
}

// replace takes grants of an app away and puts others in their place.
func (b *grantBook) replace(app string, drop, put []privyseal.Grant) {
	b.mu.Lock()
	defer b.mu.Unlock()
	next := slices.DeleteFunc(slices.Clone(b.apps[app]), func(g privyseal.Grant) bool {
		same := func(o privyseal.Grant) bool { return o.ID == g.ID }
		return slices.ContainsFunc(drop, same) || slices.ContainsFunc(put, same)
	})
	b.apps[app] = append(next, put...)
}

func (b *grantBook) drop(app string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.apps, app)
}

// spent is how much of these budgets is used in the windows now running.
func (b *grantBook) spent(budgets []privyseal.Grant, now time.Time) policy.Spent {
	b.mu.RLock()
	defer b.mu.RUnlock()
	var out policy.Spent // few have used any
	for _, g := range budgets {
		if u, ok := b.used[g.ID]; ok && u.Window.Equal(policy.Window(g, now)) {
			if out == nil {
				out = policy.Spent{}
			}
			out[g.ID] = u.Used
		}
	}
	return out
}

// note sets what the store said is used.
func (b *grantBook) note(grant string, window time.Time, used int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used[grant] = privyseal.BudgetUse{Grant: grant, Window: window, Used: used}
}

// count adds one use of a budget of n; the store counts no more than those.
func (b *grantBook) count(grant string, window time.Time, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	u := b.used[grant]
	if !u.Window.Equal(window) {
		u = privyseal.BudgetUse{Grant: grant, Window: window}
	}
	u.Used = min(u.Used+1, n)
	b.used[grant] = u
}
