package console

import (
	"net/http"
	"net/url"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// asked is where an app sends its person to answer one question (auth_url): an
// address that works once leads there, and says nothing about the question.
func (c *Console) asked() {
	c.mux.HandleFunc("GET "+control.AskPath+"{code}", c.arriving(c.within(openAsked)))
	c.mux.HandleFunc("GET /question/{id}", c.within(askedPage))
	c.mux.HandleFunc("POST /apps/{id}/auth-url", c.within(switchAuthURL))
}

// openAsked spends the code, and leaves its address at once.
func openAsked(v *visit) {
	if v.r.Method != http.MethodGet || v.r.Header.Get("Sec-Purpose") != "" || v.r.Header.Get("Purpose") != "" {
		v.refuse(v.w, v.r, "elsewhere") // what looks ahead spends nothing
		return
	}
	q, err := look[control.QuestionInfo](v, control.VerbRequestsOpen, control.Name{Name: v.r.PathValue("code")})
	switch {
	case isKind(err, privyseal.KindExpired):
		v.w.WriteHeader(http.StatusGone)
		v.show("question", map[string]any{"State": "used"})
	case err != nil:
		v.failed(v.w, v.r, err)
	default:
		v.redirect("/question/" + url.PathEscape(q.ID))
	}
}

// askedPage shows just one question, and what happens after it.
func askedPage(v *visit) {
	list(v, "question", control.VerbRequestsShow, control.Name{Name: v.r.PathValue("id")}, func(q control.QuestionInfo) map[string]any {
		if q.State != privyseal.QuestionOpen.String() {
			return map[string]any{"App": q.App, "State": q.State}
		}
		return map[string]any{"App": q.App, "Cards": []control.QuestionInfo{q}, "Only": true}
	})
}

// switchAuthURL turns on or off that an app is told of such addresses.
func switchAuthURL(v *visit) {
	args := control.AppSwitch{App: v.r.PathValue("id"), On: v.r.PostFormValue("do") == "on"}
	if _, done := change[control.AppInfo](v, control.VerbAppsAuthURL, args); done {
		v.redirect("/apps/" + url.PathEscape(args.App))
	}
}
