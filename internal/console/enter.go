package console

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/privyseal/privyseal/internal/control"
)

// enter signs in by a link that works once, and leaves its address at once.
func (c *Console) enter(w http.ResponseWriter, r *http.Request) {
	if looksAhead(w, r) {
		c.refuse(w, r, "elsewhere")
		return
	}
	c.begin(w, r, control.SignIn{Code: r.PathValue("code")})
}

func (c *Console) byPassphrase(w http.ResponseWriter, r *http.Request) {
	c.begin(w, r, control.SignIn{Passphrase: []byte(r.PostFormValue("passphrase")), Link: linkOfWay(r)})
}

// linkOfWay is the link of the app that sent somebody to sign in; "" for others.
func linkOfWay(r *http.Request) string {
	u, err := url.Parse(wayOf(r))
	if err != nil || u.Path != control.ConnectPath {
		return ""
	}
	return linkIn(u.RawQuery, u.Query().Get("uri"))
}

func (c *Console) begin(w http.ResponseWriter, r *http.Request, how control.SignIn) {
	how.Device = device(r.UserAgent())
	s, err := do[control.Session](r.Context(), c, control.VerbConsoleSignIn, how)
	if err != nil {
		c.welcome(w, r, err)
		return
	}
	setCookie(w, r, s.Token, s.Ends)
	http.Redirect(w, r, way(w, r), http.StatusSeeOther)
}

func (c *Console) login(w http.ResponseWriter, r *http.Request) { c.welcome(w, r, nil) }

// welcome asks for the passphrase, and says what was wrong with a try.
func (c *Console) welcome(w http.ResponseWriter, r *http.Request, wrong error) {
	site, err := do[control.Site](r.Context(), c, control.VerbConsoleSite, nil)
	if err != nil {
		c.failed(w, r, err)
		return
	}
	data := map[string]any{"SetUp": site.SetUp, "Closed": site.Closed, "Passkeys": site.Passkeys, "App": strings.HasPrefix(wayOf(r), control.ConnectPath+"?")}
	if wrong != nil {
		data["Wrong"] = inWords(wrong)
		w.WriteHeader(http.StatusForbidden)
	}
	c.write(w, r, "login", nil, data)
}

func logOut(v *visit) {
	_, err := do[struct{}](v.r.Context(), v.Console, control.VerbConsoleSignOut, control.Token{Token: v.token})
	if err != nil {
		v.failed(v.w, v.r, err)
		return
	}
	setCookie(v.w, v.r, "", v.session.Ends)
	v.w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	v.redirect("/login")
}

// device is what a browser says it is, in two words.
func device(agent string) string {
	first := func(names ...string) string {
		for _, n := range names {
			if key, name, _ := strings.Cut(n, "="); strings.Contains(agent, key) {
				return name
			}
		}
		return ""
	}
	browser := first("Firefox/=Firefox", "Edg/=Edge", "OPR/=Opera", "Chrome/=Chrome", "Safari/=Safari")
	system := first("Android=Android", "iPhone=iPhone", "iPad=iPad", "Windows=Windows", "Mac OS X=Mac", "Linux=Linux")
	if browser == "" && system == "" {
		return agent
	}
	return strings.TrimSpace(browser + " " + system)
}

// looksAhead reports whether a browser looks at a link that nobody opened yet:
// that spends none.
func looksAhead(w http.ResponseWriter, r *http.Request) bool {
	w.Header().Set("Referrer-Policy", "no-referrer")
	return r.Method != http.MethodGet || r.Header.Get("Sec-Purpose") != "" || r.Header.Get("Purpose") != ""
}
