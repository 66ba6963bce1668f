package policy

import (
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nip46"
)

// Standing is a rule that stands for an app: a grant of its own, or a line of
// its preset as one.
type Standing struct {
	ID       string          // "grant:<id>" or "preset:<name>/<line>"
	Grant    privyseal.Grant // its use is counted under this id
	SameSite bool            // fits only the app's checked host
}

// Standings are an app's own grants that are alive, then the lines of its preset.
func Standings(app privyseal.App, grants []privyseal.Grant, now time.Time) []Standing {
	var out []Standing
	for i := range grants {
		if g := &grants[i]; counts(g, &app, now) {
			r := explicit(g)
			out = append(out, Standing{ID: r.id(), Grant: *g})
		}
	}
	p := presetOf(app.Preset)
	for i := range p.Lines {
		r := p.rule(i, &app)
		g := r.grant()
		g.Reach = r.reach
		out = append(out, Standing{ID: r.id(), Grant: g, SameSite: r.sameSite})
	}
	return out
}

// Stopped is what takes an allowance's place when a person takes it back: the app
// has to ask; or, where they had refused some of it by a rule that is no narrower,
// it is refused. It never allows, and lasts, so that nothing comes back by itself.
func Stopped(g privyseal.Grant, grants []privyseal.Grant, now time.Time) privyseal.Verdict {
	for _, r := range grants {
		if r.App == g.App && r.Verdict == privyseal.Refuse && Alive(r, now) && meet(&r.Permission, &g.Permission) &&
			specificity(&r.Permission) <= specificity(&g.Permission) {
			return privyseal.Refuse
		}
	}
	return privyseal.Ask
}

// meet reports whether something is spoken of by both permissions.
func meet(p, q *nip46.Permission) bool {
	return p.Method == q.Method && (p.Kind == nil || q.Kind == nil || *p.Kind == *q.Kind) && (p.Target == "" || q.Target == "" || p.Target == q.Target)
}
