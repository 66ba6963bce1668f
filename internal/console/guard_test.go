package console

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/control"
)

// keeperOf answers for a console at one address, with nobody signed in.
type keeperOf string

func (k keeperOf) Stream(_ context.Context, verb string, _ any, each func(json.RawMessage) error) error {
	if verb != control.VerbConsoleSite {
		return &control.CallError{Kind: "denied", Msg: "nobody is signed in here", Hint: "sign in again"}
	}
	raw, err := json.Marshal(control.Site{Origins: []string{string(k)}})
	if err != nil {
		return err
	}
	return each(raw)
}

func at(origin string) *Console {
	return New(Options{Seam: func() Seam { return keeperOf(origin) }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
}

// Only its own addresses, origins and pages are served (T48, T49, T50).
func TestWhereRequestsComeFrom(t *testing.T) {
	const home, far = "http://localhost:4646", "https://seal.example"
	for name, c := range map[string]struct {
		site, method, host, remote string
		headers                    map[string]string
		want                       int
	}{
		"itself":                   {site: home, host: "localhost:4646", want: 200},
		"another name for it":      {site: home, host: "evil.example:4646", want: 403},
		"another port":             {site: home, host: "localhost:80", want: 403},
		"by number":                {site: home, host: "127.0.0.1:4646", want: 307},
		"by number elsewhere":      {site: far, host: "127.0.0.1:4646", want: 403},
		"from another computer":    {site: home, host: "localhost:4646", remote: "192.0.2.7:9", want: 403},
		"far, plain":               {site: far, host: "seal.example", want: 403},
		"far, through a proxy":     {site: far, host: "seal.example", headers: map[string]string{"X-Forwarded-Proto": "https"}, want: 200},
		"far, a proxy's claim":     {site: far, host: "seal.example", remote: "192.0.2.7:9", headers: map[string]string{"X-Forwarded-Proto": "https"}, want: 403},
		"in a frame":               {site: home, host: "localhost:4646", headers: map[string]string{"Sec-Fetch-Dest": "iframe"}, want: 403},
		"read by another site":     {site: home, host: "localhost:4646", headers: map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, want: 403},
		"a link from another site": {site: home, host: "localhost:4646", headers: map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, want: 200},
		"a form of its own":        {site: home, method: "POST", host: "localhost:4646", headers: map[string]string{"Origin": home}, want: 403}, // signing in with nothing
		"a form of another site":   {site: home, method: "POST", host: "localhost:4646", headers: map[string]string{"Origin": "http://evil.example"}, want: 403},
		"a form of a neighbour":    {site: home, method: "POST", host: "localhost:4646", headers: map[string]string{"Origin": home, "Sec-Fetch-Site": "same-site"}, want: 403},
		"a form of nowhere":        {site: home, method: "POST", host: "localhost:4646", want: 403},
	} {
		t.Run(name, func(t *testing.T) {
			method := c.method
			if method == "" {
				method = http.MethodGet
			}
			r := httptest.NewRequest(method, "/login", nil)
			r.Host, r.RemoteAddr = c.host, "127.0.0.1:9"
			if c.remote != "" {
				r.RemoteAddr = c.remote
			}
			for k, v := range c.headers {
				r.Header.Set(k, v)
			}
			w := httptest.NewRecorder()
			at(c.site).ServeHTTP(w, r)
			if w.Code != c.want {
				t.Fatalf("%d, want %d: %s", w.Code, c.want, w.Body)
			}
			elsewhere := strings.Contains(w.Body.String(), "another site")
			if c.method != "" && elsewhere == (name == "a form of its own") {
				t.Fatalf("refused for the wrong reason: %s", w.Body)
			}
			for h, want := range map[string]string{"Content-Security-Policy": policy, "X-Frame-Options": "DENY", "Cache-Control": "no-store", "Referrer-Policy": "same-origin"} {
				if got := w.Header().Get(h); got != want {
					t.Errorf("%s: %q", h, got)
				}
			}
		})
	}
}

// Without a session there is the way to one and nothing else.
func TestNothingWithoutASession(t *testing.T) {
	for _, path := range []string{"/", "/questions", "/live", "/apps", "/apps/x", "/activity", "/activity/export", "/activity/undo/1", "/connections", "/you", "/you/passkey", "/people", "/settings", "/notifications"} {
		for _, cookie := range []string{"", "stolen"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Host, r.RemoteAddr = "localhost:4646", "127.0.0.1:9"
			if cookie != "" {
				r.AddCookie(&http.Cookie{Name: "privyseal-4646", Value: cookie})
			}
			w := httptest.NewRecorder()
			at("http://localhost:4646").ServeHTTP(w, r)
			if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/login" {
				t.Errorf("%s with %q: %d", path, cookie, w.Code)
			}
		}
	}
}

// Borrowed scripts are those that were looked at.
func TestAssetsArePinned(t *testing.T) {
	for name, want := range pinned {
		if got := sum(name); got != want {
			t.Errorf("%s is %s", name, got)
		}
	}
}

// What stands at the root is for everybody, never kept, and answers for no page.
func TestWhatInstallsIsServed(t *testing.T) {
	for path, kind := range map[string]string{"/worker.js": "text/javascript; charset=utf-8", "/app.webmanifest": "application/manifest+json"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Host, r.RemoteAddr = "localhost:4646", "127.0.0.1:9"
		w := httptest.NewRecorder()
		at("http://localhost:4646").ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != kind || w.Header().Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		if strings.Contains(w.Body.String(), `"fetch"`) || strings.Contains(w.Body.String(), "caches") {
			t.Errorf("%s comes between a page and the signer", path)
		}
	}
}
