package console

import (
	"cmp"
	"strconv"

	"github.com/privyseal/privyseal/internal/control"
)

// stopRule has an app ask for what it was allowed, and shows the way back.
func stopRule(v *visit) {
	args := control.AppRule{App: v.r.PathValue("id"), Rule: v.r.PostFormValue("rule")}
	if s, done := change[control.AppStopped](v, control.VerbAppsStop, args); done {
		v.show("stopped", map[string]any{"App": s.App, "Was": s.Was, "Is": s.Is})
	}
}

// forgetRule lets what is beneath a rule count again.
func forgetRule(v *visit) {
	args := control.AppRule{App: v.r.PathValue("id"), Rule: v.r.PostFormValue("rule")}
	v.what = v.say().Page(cmp.Or(map[string]string{"again": "rule-allowed"}[v.r.PostFormValue("as")], "rule-forget-it"), "text", v.r.PostFormValue("text"))
	if _, done := change[control.AppInfo](v, control.VerbAppsForget, args); done {
		v.redirect("/apps/" + args.App)
	}
}

// limitRule gives a rule other limits.
func limitRule(v *visit) {
	form := v.r.PostFormValue
	args := control.RuleLimits{App: v.r.PathValue("id"), Rule: form("rule"), Lasts: form("lasts")}
	if form("limit") == "some" {
		args.Per = form("per")
		if args.Budget, _ = strconv.Atoi(form("n")); args.Budget <= 0 {
			args.Budget = -1 // no number: the keeper says so
		}
	}
	v.what = v.say().Page("rule-change-it", "text", form("text"))
	if _, done := change[control.AppInfo](v, control.VerbAppsChange, args); done {
		v.redirect("/apps/" + args.App)
	}
}
