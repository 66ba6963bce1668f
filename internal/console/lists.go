package console

import (
	"slices"
	"strconv"

	"github.com/privyseal/privyseal/internal/control"
)

// perPage is how many of a list stand on one page.
const perPage = 50

// list shows what a verb answers.
func list[R any](v *visit, page, verb string, args any, more func(R) map[string]any) {
	out, err := look[R](v, verb, args)
	if err != nil {
		v.failed(v.w, v.r, err)
		return
	}
	v.show(page, more(out))
}

func appsPage(v *visit) {
	q := control.AppsQuery{Text: v.r.URL.Query().Get("q"), Limit: perPage}
	q.From, _ = strconv.Atoi(v.r.URL.Query().Get("from"))
	list(v, "apps", control.VerbAppsPage, q, func(p control.AppsPage) map[string]any {
		return map[string]any{"Apps": p.Apps, "Query": q.Text, "Count": p.Total, "Next": p.Next}
	})
}

// appPage shows one app, and what it did in the last week.
func appPage(v *visit) {
	name := control.Name{Name: v.r.PathValue("id")}
	list(v, "app", control.VerbAppsShow, name, func(a control.AppInfo) map[string]any {
		week, err := look[control.AppWeek](v, control.VerbAppsWeek, name)
		return map[string]any{"App": a, "Week": week, "Known": err == nil, "Hint": hint(a, week)}
	})
}

// changeApp pauses, resumes or ends one.
func changeApp(v *visit) {
	verb, ok := map[string]string{"pause": control.VerbAppsPause, "resume": control.VerbAppsResume, "end": control.VerbAppsRevoke}[v.r.PostFormValue("do")]
	if !ok {
		v.refuse(v.w, v.r, "old-page")
		return
	}
	if _, done := change[control.AppInfo](v, verb, control.Name{Name: v.r.PathValue("id")}); done {
		v.redirect("/apps/" + v.r.PathValue("id"))
	}
}

// undoPage says what putting an earlier version back would do.
func undoPage(v *visit) {
	list(v, "undo", control.VerbActivityUndo, control.UndoArgs{ID: v.r.PathValue("id")}, func(u control.Undo) map[string]any {
		return map[string]any{"Undo": u, "ID": v.r.PathValue("id")}
	})
}

func undo(v *visit) {
	args := control.UndoArgs{ID: v.r.PathValue("id"), Sign: true, Now: v.r.PostFormValue("now"), To: v.r.PostFormValue("to")}
	if _, done := change[control.Undo](v, control.VerbActivityUndo, args); done {
		v.redirect("/activity")
	}
}

func connectionsPage(v *visit) {
	list(v, "connections", control.VerbRelaysList, nil, func(all []control.RelayInfo) map[string]any {
		for i := range all {
			if s := control.RelayState(all[i].State); s == control.RelayDown || s == control.RelayRefused {
				all[i].Health = "away" // whatever was measured before
			}
		}
		now, _ := look[control.Status](v, control.VerbStatus, nil)
		clock := slices.ContainsFunc(now.Findings, func(f control.Finding) bool { return f.Check == "clock" })
		return map[string]any{"Relays": all, "Clock": clock}
	})
}

func youPage(v *visit) {
	list(v, "you", control.VerbIdentityList, nil, func(all []control.IdentityInfo) map[string]any {
		return map[string]any{"Identities": all, "This": v.session.ID}
	})
}

func endSession(v *visit) {
	args := control.PersonSession{Person: v.r.PostFormValue("person"), Session: v.r.PostFormValue("session")}
	if _, done := change[control.PersonInfo](v, control.VerbPeopleSignOut, args); done {
		v.redirect(v.back("/you"))
	}
}
