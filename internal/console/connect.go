package console

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/control"
)

// connecting adds the pages where an app is connected: by a link of the app's
// (nostrconnect://), pasted, scanned or opened from elsewhere, or by a link of
// ours (bunker://) that the app is given.
func (c *Console) connecting() {
	c.mux.HandleFunc("GET "+control.ConnectPath, c.arriving(c.within(connectPage)))
	c.mux.HandleFunc("POST /connect", c.within(connectPage))
	c.mux.HandleFunc("POST /connect/accept", c.within(acceptLink))
	c.mux.HandleFunc("POST /connect/decline", c.within(declineLink))
	c.mux.HandleFunc("POST /connect/link", c.within(makeLink))
	c.mux.HandleFunc("GET /connect/link/{id}", c.within(linkState))
}

// spans are how long an app may stay connected.
var spans = []string{"", "30d", "1d"}

// connectPage asks for an app's link, and says what it would mean to accept it.
func connectPage(v *visit) {
	identities, err := look[[]control.IdentityInfo](v, control.VerbIdentityList, nil)
	if err != nil {
		v.failed(v.w, v.r, err)
		return
	}
	data := map[string]any{"Identities": identities, "Spans": spans}
	if v.r.URL.RequestURI() == firstApp {
		data["Step"] = 3
	}
	uri := linkOf(v.r)
	asked, err := look[control.Pairing](v, control.VerbAcceptLook, control.AcceptArgs{URI: uri})
	data["Link"] = uri
	switch {
	case uri == "":
		asked, err = presets(v)
		if err != nil {
			v.failed(v.w, v.r, err)
			return
		}
		data["Asked"] = asked
		v.show("connect", data)
	case err != nil:
		asked, _ = presets(v)
		data["Asked"], data["Wrong"] = asked, inWords(err)
		v.w.WriteHeader(http.StatusBadRequest)
		v.show("connect", data)
	default:
		data["Asked"], data["As"] = asked, v.r.FormValue("as")
		if v.May("owner", "") {
			data["New"] = "/identities/new?then=" + url.QueryEscape(control.ConnectPath+"?uri="+url.QueryEscape(uri))
		}
		v.show("pairing", data)
	}
}

// linkOf is the app's link that a request carries. Some apps put it into our
// template as it is, so that the address ends with its own parameters.
func linkOf(r *http.Request) string { return linkIn(r.URL.RawQuery, r.FormValue("uri")) }

func linkIn(query, uri string) string {
	if raw, ok := strings.CutPrefix(query, "uri="); ok && strings.HasPrefix(raw, "nostrconnect://") {
		return raw
	}
	return strings.TrimSpace(uri)
}

// acceptLink connects the app of a link, and sends the person back to it.
func acceptLink(v *visit) {
	form := v.r.PostFormValue
	args := control.AcceptArgs{URI: form("uri"), InviteArgs: terms(v)}
	args.Lasts = form("lasts")
	var wishes []string
	for _, name := range slices.Sorted(maps.Keys(v.r.PostForm)) {
		if strings.HasPrefix(name, "wish-") {
			wishes = append(wishes, form(name))
		}
	}
	args.Allow = strings.Join(wishes, ",")
	asked, err := look[control.Pairing](v, control.VerbAcceptLook, args)
	if err != nil {
		v.failed(v.w, v.r, err)
		return
	}
	app, done, err := attempt[control.AppInfo](v, control.VerbAccept, args)
	switch {
	case isKind(err, privyseal.KindBusy): // it is let in, but has not heard so
		v.w.WriteHeader(http.StatusAccepted)
		v.show("unreached", map[string]any{"Asked": asked, "Link": args.URI, "Why": inWords(err)})
	case err != nil:
		v.failed(v.w, v.r, err)
	case done:
		if app.Return != "" {
			asked.Callback = app.Return
		}
		v.show("connected", map[string]any{"App": app, "Asked": asked})
	}
}

// declineLink tells the app that its person said no, and sends them back to it.
func declineLink(v *visit) {
	args := control.AcceptArgs{URI: v.r.PostFormValue("uri")}
	asked, err := look[control.Pairing](v, control.VerbAcceptLook, args)
	if err == nil {
		_, err = look[struct{}](v, control.VerbAcceptDecline, args)
	}
	if err != nil {
		v.failed(v.w, v.r, err)
		return
	}
	v.show("declined", map[string]any{"Asked": asked})
}

// makeLink makes a link for an app, and shows it as text and as a picture.
func makeLink(v *visit) {
	args := terms(v)
	args.AppName = v.r.PostFormValue("app")
	link, done := change[control.Invite](v, control.VerbInvite, args)
	if done {
		v.show("link", map[string]any{"Link": link, "Picture": picture(link.URI)})
	}
}

// linkState says whether the app of a link has come. Its session has the link's
// id.
func linkState(v *visit) {
	app, err := look[control.AppInfo](v, control.VerbAppsShow, control.Name{Name: v.r.PathValue("id")})
	data := map[string]any{"ID": v.r.PathValue("id")}
	if err == nil {
		data["App"] = app
	}
	v.render(v.w, v.r, "link", "state", v, data)
}

func terms(v *visit) control.InviteArgs {
	form := v.r.PostFormValue
	return control.InviteArgs{Identity: form("identity"), Preset: form("preset"), Compatible: form("compatible") == "on"}
}

// presets are what may be chosen from without an app's link.
func presets(v *visit) (control.Pairing, error) {
	return look[control.Pairing](v, control.VerbAcceptLook, control.AcceptArgs{})
}
