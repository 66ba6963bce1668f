package keeper

import (
	"context"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/keeper/recent"
)

// warn keeps for the person's eye what an app tried and no app may. What is
// merely wrong, or dated by a wrong clock, is in the record alone.
func (k *Keeper) warn(j *job, d privyseal.Decision) {
	switch d.Rule.ID {
	case "builtin:" + effect.ReasonInvalid, "builtin:" + effect.ReasonFuture:
		return
	}
	p := k.say().Render(k.weigh(j), j.app, j.who, j.req)
	k.blocked.Note(recent.Block{App: j.app.ID, Title: p.Title, Lines: p.Lines, At: j.e.at})
}

// listBlocked says what apps that are still at work tried in the last day, as far
// as this process knows: all of it is in the record.
func (k *Keeper) listBlocked(context.Context, none) ([]control.BlockedInfo, error) {
	out := []control.BlockedInfo{}
	for _, b := range k.blocked.Latest(k.now()) {
		app, ok := k.book.appByID(b.App)
		if !ok || app.State != privyseal.AppActive {
			continue
		}
		out = append(out, control.BlockedInfo{
			App: app.Name(), AppID: app.ID, Identity: app.Identity, Title: b.Title, Lines: b.Lines, Times: b.Times, At: b.At,
		})
	}
	return out, nil
}
