package console

import (
	"net/http"
	"net/url"
	"strings"
)

// The session's cookie does not come along from other sites. Who comes from one
// is shown a page that goes on to the same address from here; who is not signed
// in yet is brought there afterwards.

// arriving serves pages that other sites lead to.
func (c *Console) arriving(page http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch r.Header.Get("Sec-Fetch-Site") {
		case "cross-site", "same-site":
			c.write(w, r, "arrive", nil, map[string]any{"To": r.URL.RequestURI()})
		default:
			page(w, r)
		}
	}
}

// maxWay bounds the address that is kept for after signing in.
const maxWay = 3500

func wayName(r *http.Request) string { return cookieName(r) + "-way" }

// keepWay has who signs in brought to where they wanted to go.
func keepWay(w http.ResponseWriter, r *http.Request) {
	to := url.QueryEscape(r.URL.RequestURI())
	if r.Method != http.MethodGet || r.Header.Get("HX-Request") != "" || r.URL.Path == "/" || r.URL.Path == "/live" || len(to) > maxWay {
		return
	}
	http.SetCookie(w, &http.Cookie{Name: wayName(r), Value: to, Path: "/", MaxAge: 600, HttpOnly: true, Secure: secure(r), SameSite: http.SameSiteStrictMode})
}

// way is where who signed in wanted to go: a page of ours. It is forgotten.
func way(w http.ResponseWriter, r *http.Request) string {
	if _, err := r.Cookie(wayName(r)); err == nil {
		http.SetCookie(w, &http.Cookie{Name: wayName(r), Path: "/", MaxAge: -1, HttpOnly: true, Secure: secure(r), SameSite: http.SameSiteStrictMode})
	}
	return wayOf(r)
}

// wayOf is way, and not forgotten.
func wayOf(r *http.Request) string {
	k, err := r.Cookie(wayName(r))
	if err != nil {
		return "/"
	}
	to, err := url.QueryUnescape(k.Value)
	if to = ownPage(to); err != nil || to == "" {
		return "/"
	}
	return to
}

// ownPage is an address if it is one of a page of ours, below this origin; ""
// for all others.
func ownPage(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsFunc(to, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return ""
	}
	return to
}
