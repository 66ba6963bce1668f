package keeper

import (
	"context"
	"slices"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/store"
	"github.com/privyseal/privyseal/nip46"
)

// findApp finds an app by name or the start of its id.
func (k *Keeper) findApp(name string) (privyseal.App, error) {
	if a, ok := k.book.appByID(name); ok {
		return a, nil
	}
	var found, ended []privyseal.App
	for a := range k.book.allApps() {
		if strings.EqualFold(a.Name(), name) || (len(name) >= 4 && strings.HasPrefix(a.ID, name)) {
			if a.State == privyseal.AppActive || a.State == privyseal.AppPaused {
				found = append(found, a)
			} else {
				ended = append(ended, a)
			}
		}
	}
	if len(found) == 0 {
		found = ended
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return privyseal.App{}, privyseal.E(privyseal.KindNotFound, "there is no app “"+name+"”", "see: privyseal apps list")
	}
	var ids []string
	for _, a := range found {
		ids = append(ids, a.ID)
	}
	return privyseal.App{}, privyseal.E(privyseal.KindInvalid, "several apps go by “"+name+"”", "choose by id: "+strings.Join(ids, ", "))
}

// goesBy is what a command may call an app: its name, or its id where others go by
// that name too.
func (k *Keeper) goesBy(a privyseal.App) string {
	found, err := k.findApp(a.Name())
	if err == nil && found.ID != a.ID || privyseal.KindOf(err) == privyseal.KindInvalid {
		return a.ID[:min(8, len(a.ID))]
	}
	return a.Name()
}

// may is what an app may do, as English sentences: its own grants, then its
// preset.
func (k *Keeper) may(app privyseal.App, grants []privyseal.Grant) []string {
	out := append([]string{}, k.brakeLines(app)...)
	for _, s := range k.said(app, grants, k.now()) {
		out = append(out, s.Sentence)
	}
	return out
}

// here is a grant with its times as the clock on the wall shows them.
func here(g privyseal.Grant) privyseal.Grant {
	g.Given = g.Given.Local()
	if !g.Until.IsZero() {
		g.Until = g.Until.Local()
	}
	return g
}

func (k *Keeper) appInfo(a privyseal.App) control.AppInfo {
	grants := k.grants.of(a.ID)
	who, _ := k.book.identity(a.Identity)
	info := control.AppInfo{
		ID: a.ID, Name: a.Name(), Identity: who.Name, Client: a.Client.String(), Signer: a.Signer.String(),
		Claims:     control.ClaimInfo{Name: a.Claimed.Name, URL: a.Claimed.URL, Image: a.Claimed.Image},
		Compatible: a.Compatible, Checked: k.checkedHost(a.ID), State: a.State.String(), Preset: a.Preset, Relays: a.Relays,
		Calls: k.counts.controls(a.ID, k.now()), LooksDeaf: k.looksDeaf(a.ID), Created: a.Created, LastSeen: a.LastSeen, Ends: a.Ends, Grants: []control.GrantInfo{}, May: k.may(a, grants),
	}
	budgets := slices.DeleteFunc(slices.Clone(grants), func(g privyseal.Grant) bool { return g.Permission.Budget == nip46.Budget{} })
	used := k.spentOnRecord(budgets, k.now())
	for _, g := range grants {
		info.Grants = append(info.Grants, control.GrantInfo{
			ID: g.ID, Permission: g.Permission.String(), Verdict: g.Verdict.String(), Sentence: k.say().Grant(here(g)),
			Given: g.Given, Until: g.Until, Origin: g.Origin, Used: used[g.ID],
		})
	}
	return info
}

func (k *Keeper) listApps(context.Context, none) ([]control.AppInfo, error) {
	out := []control.AppInfo{}
	for a := range k.book.allApps() {
		out = append(out, k.appInfo(a))
	}
	return out, nil
}

func (k *Keeper) showApp(_ context.Context, n control.Name) (control.AppInfo, error) {
	a, err := k.findApp(n.Name)
	if err != nil {
		return control.AppInfo{}, err
	}
	info := k.appInfo(a)
	info.AuthURL, info.Rules = k.summons(a.ID), k.ruleInfos(a, k.now())
	return info, nil
}

func (k *Keeper) moveApp(ctx context.Context, name string, to privyseal.AppState, note string, from ...privyseal.AppState) (control.AppInfo, error) {
	a, err := k.findApp(name)
	if err != nil {
		return control.AppInfo{}, err
	}
	if a, err = k.setAppState(ctx, a.ID, to, note, doer(ctx), from...); err != nil {
		return control.AppInfo{}, err
	}
	return k.appInfo(a), nil
}

func (k *Keeper) pauseApp(ctx context.Context, n control.Name) (control.AppInfo, error) {
	return k.moveApp(ctx, n.Name, privyseal.AppPaused, "paused", privyseal.AppActive)
}

func (k *Keeper) resumeApp(ctx context.Context, n control.Name) (control.AppInfo, error) {
	a, err := k.findApp(n.Name)
	if err != nil {
		return control.AppInfo{}, err
	}
	if was, err := k.release(ctx, a); err != nil || was && a.State == privyseal.AppActive {
		a, _ = k.book.appByID(a.ID)
		return k.appInfo(a), err
	}
	return k.moveApp(ctx, n.Name, privyseal.AppActive, "resumed", privyseal.AppPaused)
}

func (k *Keeper) revokeApp(ctx context.Context, n control.Name) (control.AppInfo, error) {
	return k.moveApp(ctx, n.Name, privyseal.AppRevoked, "revoked", privyseal.AppActive, privyseal.AppPaused, privyseal.AppExpired)
}

// panicPause pauses every app at once and closes what they asked.
func (k *Keeper) panicPause(ctx context.Context, _ none) (control.Paused, error) {
	n, err := k.pauseAll(ctx, "panic: every app paused "+by(ctx), true)
	return control.Paused{Apps: n}, err
}

// pauseAll pauses every active app, on record, and closes their questions.
// With always false there is no record when none was active.
func (k *Keeper) pauseAll(ctx context.Context, why string, always bool) (int, error) {
	k.sessions.Lock()
	defer k.sessions.Unlock()
	var paused []string
	now := k.now()
	pause := func(a *privyseal.App) { a.State, a.StateSince = privyseal.AppPaused, now }
	err := k.store.Update(ctx, func(tx store.Tx) error {
		paused = nil
		for a := range k.book.allApps() {
			if a.State != privyseal.AppActive {
				continue
			}
			if err := changeApp(tx, a.ID, pause); err != nil {
				return err
			}
			paused = append(paused, a.ID)
		}
		if len(paused) == 0 && !always {
			return nil
		}
		return note(tx, privyseal.Record{Time: now, Detail: why})
	})
	if err != nil {
		return 0, err
	}
	for _, id := range paused {
		k.book.changeApp(id, pause)
	}
	k.narrowed()
	for _, id := range paused {
		k.dropQuestions(ctx, id)
	}
	return len(paused), nil
}

// grantApp allows, asks about or refuses permissions; a grant of the same scope
// is replaced.
func (k *Keeper) grantApp(ctx context.Context, g control.GrantArgs) (control.AppInfo, error) {
	a, err := k.findApp(g.App)
	if err != nil {
		return control.AppInfo{}, err
	}
	verdict := privyseal.ParseVerdict(g.Verdict)
	if verdict.String() != g.Verdict {
		return control.AppInfo{}, privyseal.E(privyseal.KindInvalid, "a grant is allow, ask or refuse", "")
	}
	fresh, err := k.parseGrants(verdict, g.Perms, doer(ctx))
	if err != nil {
		return control.AppInfo{}, err
	}
	if len(fresh) == 0 {
		return control.AppInfo{}, privyseal.E(privyseal.KindInvalid, "a permission is needed", "for example: privyseal apps allow "+a.Name()+" sign_event:1")
	}
	fresh = ownGrants(a.ID, fresh)
	var kept, dropped []privyseal.Grant
	for _, old := range k.grants.of(a.ID) {
		if replacedBy(old, fresh) {
			dropped = append(dropped, old)
		} else {
			kept = append(kept, old)
		}
	}
	err = k.store.Update(ctx, func(tx store.Tx) error {
		for _, old := range dropped {
			if err := tx.DeleteGrant(old.App, old.ID); err != nil {
				return err
			}
		}
		for _, f := range fresh {
			if err := tx.PutGrant(f); err != nil {
				return err
			}
		}
		return note(tx, privyseal.Record{
			Time: k.now(), Identity: a.Identity, App: a.ID, Client: a.Client, Detail: g.Verdict + " " + by(ctx),
		})
	})
	if err != nil {
		return control.AppInfo{}, err
	}
	k.grants.set(a.ID, append(kept, fresh...))
	k.narrowed()
	return k.appInfo(a), nil
}

func replacedBy(old privyseal.Grant, fresh []privyseal.Grant) bool {
	scope := func(p nip46.Permission) string {
		p.Budget, p.For = nip46.Budget{}, 0
		return p.String()
	}
	for _, f := range fresh {
		if scope(f.Permission) == scope(old.Permission) {
			return true
		}
	}
	return false
}
