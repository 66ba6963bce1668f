package keeper

import (
	"context"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/keeper/powers"
	"github.com/privyseal/privyseal/internal/words"
)

// checkPowers holds what was loaded against its seals once the vault is open.
// Until then no key is used, see [Keeper.key]. If it fails the vault is locked.
func (k *Keeper) checkPowers(ctx context.Context) error {
	if k.powers.Checked() {
		return k.desk.Reload(ctx)
	}
	if err := k.Loaded(); err != nil {
		k.shut()
		return err
	}
	k.sessions.Lock()
	defer k.sessions.Unlock()
	now := k.now()
	apps, ids := k.book.sorted()
	found, err := k.powers.Check(ctx, now, powers.Facts{
		Apps: ids, App: func(i int) privyseal.App { return k.book.powersOf(apps[i]) },
		Grants: k.grants.of, Links: k.book.openInvitations(now),
	})
	if err != nil {
		k.shut()
		return err
	}
	for _, id := range found.Apps {
		k.book.changeApp(id, func(a *privyseal.App) {
			if a.State == privyseal.AppActive {
				a.State, a.StateSince = privyseal.AppPaused, now
			}
		})
		k.counts.add("powers_tampered", 1)
		k.log.Error("what an app may do was changed past the signer; it is paused", "app", id)
	}
	if found.People > 0 {
		k.counts.add("powers_tampered", found.People)
		k.log.Error("people who may use the console were added or changed past the signer; they are removed", "number", found.People)
	}
	for _, id := range found.Links {
		k.book.dropInvitation(id)
		k.counts.add("powers_tampered", 1)
		k.log.Error("a link was made or changed past the signer; it is gone", "link", id)
	}
	return k.desk.Reload(ctx)
}

// openInvitations are the links that an app may still use.
func (b *book) openInvitations(now time.Time) (open []privyseal.Invitation) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, inv := range b.invitations {
		if inv.Used.IsZero() && !forgotten(inv, now) {
			open = append(open, inv)
		}
	}
	return open
}

// powersFindings is what a check-up says of powers changed past the signer.
func (k *Keeper) powersFindings() (out []control.Finding) {
	const check = "what apps may do"
	for _, id := range k.powers.Changed() {
		if a, ok := k.book.appByID(id); ok {
			name, _ := words.Sanitize(a.Name(), 40)
			out = append(out, control.Finding{Check: check, State: "problem",
				Text: name + ": what it may do was changed past the signer, in its database, so it is paused",
				Fix:  "look at it, and only then let it go on: privyseal apps show " + id[:min(8, len(id))] + ", privyseal apps resume " + id[:min(8, len(id))]})
		}
	}
	if k.powers.Links() {
		out = append(out, control.Finding{Check: check, State: "problem",
			Text: "a link was made or changed past the signer, in its database, so it is gone", Fix: "somebody wrote to the database; see: privyseal activity list"})
	}
	if k.powers.Strangers() {
		out = append(out, control.Finding{Check: "who may use the console", State: "problem",
			Text: "people or passkeys were added or changed past the signer, in its database, so they are removed", Fix: "somebody wrote to the database; see: privyseal people list, privyseal activity list"})
	}
	return out
}
