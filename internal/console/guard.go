package console

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/privyseal/privyseal/internal/control"
)

// policy lets pages load their own files and nothing else, and nobody frame them.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// maxForm bounds what a form may send.
const maxForm = 64 << 10

// ServeHTTP looks at where a request comes from before anything is done.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	// Not no-referrer: with that a browser calls the origin of a form null.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(self), microphone=(), geolocation=(), payment=(), usb=()")
	h.Set("Cache-Control", "no-store")
	site, err := do[control.Site](r.Context(), c, control.VerbConsoleSite, nil)
	if err != nil {
		c.failed(w, r, err)
		return
	}
	if r.URL.Path == control.NostrJSON {
		c.discovery(w, r, site)
		return
	}
	origin := c.originOf(r, site.Origins)
	r = r.WithContext(context.WithValue(r.Context(), placeKey{}, place{lang: site.Lang, secure: origin != nil && origin.Scheme == "https"}))
	if origin == nil {
		if home := loopbackHome(r, site.Origins); home != "" && r.Method == http.MethodGet {
			http.Redirect(w, r, home+r.URL.EscapedPath(), http.StatusTemporaryRedirect)
			return
		}
		c.refuse(w, r, "no-host")
		return
	}
	if origin.Scheme == "https" {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if why := misplaced(r, origin); why != "" {
		c.refuse(w, r, why)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	c.mux.ServeHTTP(w, r)
}

// place is where a request is made, and the language of the signer there.
type place struct {
	lang   string
	secure bool
}

type placeKey struct{}

func placeOf(r *http.Request) place {
	p, _ := r.Context().Value(placeKey{}).(place)
	return p
}

// originOf is the one of ours that a request is made to; nil for none.
func (c *Console) originOf(r *http.Request, ours []string) *url.URL {
	for _, o := range ours {
		u, err := url.Parse(o)
		if err == nil && strings.EqualFold(u.Host, r.Host) {
			return u
		}
	}
	return nil
}

// loopbackHome is where a request to this computer by number belongs.
func loopbackHome(r *http.Request, ours []string) string {
	host, port, err := net.SplitHostPort(r.Host)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
		return ""
	}
	i := slices.IndexFunc(ours, func(o string) bool { return strings.HasSuffix(o, "://localhost:"+port) })
	if i < 0 {
		return ""
	}
	return ours[i]
}

// viaProxy reports whether a proxy of one's own ended TLS: who is far away may
// say so, and is not believed.
func viaProxy(r *http.Request, from net.IP) bool {
	return from != nil && (from.IsLoopback() || from.IsPrivate()) && r.Header.Get("X-Forwarded-Proto") == "https"
}

// tooPlain reports whether a request could be read on its way.
func tooPlain(r *http.Request, origin *url.URL) bool {
	remote, _, _ := net.SplitHostPort(r.RemoteAddr)
	ip := net.ParseIP(remote)
	return origin.Scheme == "http" && (ip == nil || !ip.IsLoopback()) ||
		origin.Scheme == "https" && r.TLS == nil && !viaProxy(r, ip)
}

// misplaced says what is wrong with where a request comes from; "" when nothing is.
func misplaced(r *http.Request, origin *url.URL) string {
	if tooPlain(r, origin) {
		return "plain-http"
	}
	site, dest := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Sec-Fetch-Dest")
	if slices.Contains([]string{"iframe", "frame", "embed", "object", "fencedframe"}, dest) {
		return "framed"
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		if (site == "cross-site" || site == "same-site") && (r.Header.Get("Sec-Fetch-Mode") != "navigate" || dest != "document") {
			return "elsewhere"
		}
		return ""
	}
	from := r.Header.Get("Origin")
	if from != origin.Scheme+"://"+origin.Host || site != "" && site != "same-origin" {
		return "elsewhere"
	}
	return ""
}
