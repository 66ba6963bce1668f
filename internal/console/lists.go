package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

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
	q := strings.ToLower(strings.TrimSpace(v.r.URL.Query().Get("q")))
	list(v, "apps", control.VerbAppsList, nil, func(all []control.AppInfo) map[string]any {
		all = slices.DeleteFunc(all, func(a control.AppInfo) bool {
			return q != "" && !strings.Contains(strings.ToLower(a.Name+" "+a.Identity), q)
		})
		slices.SortStableFunc(all, func(a, b control.AppInfo) int { return cmp.Compare(b.LastSeen.Unix(), a.LastSeen.Unix()) })
		from, _ := strconv.Atoi(v.r.URL.Query().Get("from"))
		from = min(max(from, 0), len(all))
		data := map[string]any{"Apps": all[from:min(from+perPage, len(all))], "Query": q, "Count": len(all)}
		if from+perPage < len(all) {
			data["Next"] = from + perPage
		}
		return data
	})
}

func appPage(v *visit) {
	list(v, "app", control.VerbAppsShow, control.Name{Name: v.r.PathValue("id")}, func(a control.AppInfo) map[string]any {
		return map[string]any{"App": a}
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

func activityPage(v *visit) {
	query := v.r.URL.Query()
	q := control.ActivityQuery{App: query.Get("app"), Limit: perPage}
	q.Before, _ = strconv.ParseUint(query.Get("before"), 10, 64)
	list(v, "activity", control.VerbActivityList, q, func(all []control.RecordInfo) map[string]any {
		data := map[string]any{"Records": all, "App": q.App}
		if len(all) == perPage {
			data["Next"] = all[len(all)-1].Seq
		}
		if query.Has("check") {
			if checked, err := look[control.Verification](v, control.VerbActivityVerify, nil); err == nil {
				data["Checked"] = checked
			}
		}
		return data
	})
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
		return map[string]any{"Relays": all}
	})
}

func youPage(v *visit) {
	list(v, "you", control.VerbIdentityList, nil, func(all []control.IdentityInfo) map[string]any {
		people, _ := look[[]control.PersonInfo](v, control.VerbPeopleList, nil)
		return map[string]any{"Identities": all, "People": people, "This": v.session.ID}
	})
}

func settingsPage(v *visit) {
	list(v, "settings", control.VerbSettingsList, nil, func(all []control.SettingInfo) map[string]any {
		return map[string]any{"Settings": all}
	})
}

func changeSetting(v *visit) {
	args := control.SettingArgs{Key: v.r.PostFormValue("key"), Value: v.r.PostFormValue("value")}
	if _, done := change[control.SettingInfo](v, control.VerbSettingsSet, args); done {
		v.redirect("/settings")
	}
}

func endSession(v *visit) {
	args := control.PersonSession{Person: v.r.PostFormValue("person"), Session: v.r.PostFormValue("session")}
	if _, done := change[control.PersonInfo](v, control.VerbPeopleSignOut, args); done {
		v.redirect("/you")
	}
}
