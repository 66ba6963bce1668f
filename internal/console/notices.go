package console

import (
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/privyseal/privyseal/internal/control"
)

func noticesPage(v *visit) {
	list(v, "notifications", control.VerbNotifyList, nil, func(n control.Notices) map[string]any {
		return map[string]any{"Notices": n, "Me": v.session.Person.ID, "Owner": v.owns()}
	})
}

// owns reports whether the person owns everything here.
func (v *visit) owns() bool {
	for _, r := range v.session.Person.Roles {
		if r.IdentityID == "" && r.Role == "owner" {
			return true
		}
	}
	return false
}

// changeNotices adds, removes or tries a way.
func changeNotices(v *visit) {
	form := func(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }
	name := control.NoticeName{ID: form("id"), Person: form("person")}
	var done bool
	switch form("do") {
	case "ntfy":
		_, done = change[control.NoticeInfo](v, control.VerbNotifyAdd, control.NoticeArgs{URL: form("url"), Token: []byte(form("token"))})
	case "message":
		_, done = change[control.NoticeInfo](v, control.VerbNotifyAdd, control.NoticeArgs{To: form("to"), Relays: strings.Fields(form("relays"))})
	case "remove":
		_, done = change[control.Notices](v, control.VerbNotifyRemove, name)
	case "try":
		_, done = change[control.Notices](v, control.VerbNotifyTry, name)
	default:
		v.refuse(v.w, v.r, "old-page")
		return
	}
	if done {
		v.redirect("/notifications")
	}
}

// addBrowser takes what this browser's push manager said.
func addBrowser(v *visit) {
	args := control.NoticeBrowser{Endpoint: v.r.PostFormValue("endpoint"), Key: v.r.PostFormValue("key"), Label: device(v.r.UserAgent())}
	for field, into := range map[string]*[]byte{"p256dh": &args.P256dh, "auth": &args.Auth} {
		var err error
		if *into, err = base64.RawURLEncoding.DecodeString(v.r.PostFormValue(field)); err != nil {
			http.Error(v.w, "", http.StatusBadRequest)
			return
		}
	}
	if _, done := change[control.NoticeInfo](v, control.VerbNotifyBrowser, args); done {
		v.w.WriteHeader(http.StatusNoContent)
	}
}

// servePart serves what has to stand at the root of the site. It says nothing of
// anybody, and is looked at anew each time.
func servePart(name, kind string) http.HandlerFunc {
	raw, err := assets.ReadFile("assets/" + name)
	if err != nil {
		panic(err) // embedded
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(raw)
	}
}
