package client

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const hostedKey = "f7234bd4c1394dda46d09f35bd384dd30cc552ad5541990f98844fb06676e9ca"

// told is a host that tells of a key app.
func told(t *testing.T, status int, body string) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			t.Error("a redirect was followed")
		}
		if r.URL.Path != "/.well-known/nostr.json" || r.URL.RawQuery != "name=_" {
			t.Errorf("asked for %s", r.URL)
		}
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, strings.ReplaceAll(body, "HOST", r.Host))
	}))
	t.Cleanup(srv.Close)
	return strings.TrimPrefix(srv.URL, "http://")
}

func TestDiscover(t *testing.T) {
	host := told(t, 200, `{"names":{"_":"`+hostedKey+`"},"nip46":{"relays":["wss://a.example","wss://a.example/","nonsense"],"nostrconnect_url":"http://HOST/connect?uri=<nostrconnect>","`+hostedKey+`":["wss://a.example"]}}`)
	for _, address := range []string{host, "_@" + host, "Ana@" + strings.ToUpper(host)} {
		h, err := Discover(t.Context(), address, Options{PrivateRelays: true})
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		if h.Domain != host || h.Key.String() != hostedKey || len(h.Relays) != 1 {
			t.Fatalf("%+v", h)
		}
		if got := h.Page("nostrconnect://ab?secret=1&x=<nostrconnect>"); got != "http://"+host+"/connect?uri=nostrconnect%3A%2F%2Fab%3Fsecret%3D1%26x%3D%3Cnostrconnect%3E" {
			t.Fatal(got)
		}
	}
	// Who takes addresses from strangers does not reach this computer.
	if _, err := Discover(t.Context(), host, Options{}); !errors.Is(err, ErrNoConnection) {
		t.Fatal(err)
	}
}

// What is no key app, or sends people elsewhere, is refused (T19).
func TestDiscoverRefuses(t *testing.T) {
	names := `"names":{"_":"` + hostedKey + `"}`
	page := func(url string) string {
		return `{` + names + `,"nip46":{"relays":[],"nostrconnect_url":"` + url + `"}}`
	}
	for name, c := range map[string]struct {
		status int
		body   string
	}{
		"a redirect":        {302, page("http://HOST/c?uri=<nostrconnect>")},
		"not found":         {404, ""},
		"no JSON":           {200, "<html>"},
		"no key":            {200, `{"names":{},"nip46":{"nostrconnect_url":"http://HOST/<nostrconnect>"}}`},
		"a key of nobody":   {200, `{"names":{"_":"00"},"nip46":{"nostrconnect_url":"http://HOST/<nostrconnect>"}}`},
		"no page":           {200, `{` + names + `}`},
		"old form":          {200, `{` + names + `,"nip46":{"` + hostedKey + `":["wss://a.example"]}}`},
		"another host":      {200, page("https://evil.example/<nostrconnect>")},
		"like the host":     {200, page("http://evilHOST/<nostrconnect>")},
		"a user name":       {200, page("http://HOST@evil.example/<nostrconnect>")},
		"a script":          {200, page("javascript:alert(1)//HOST/<nostrconnect>")},
		"no place for it":   {200, page("http://HOST/connect")},
		"place in the host": {200, page("http://<nostrconnect>.HOST/")},
	} {
		if _, err := Discover(t.Context(), told(t, c.status, c.body), Options{PrivateRelays: true}); !errors.Is(err, ErrNoSigner) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, address := range []string{"", "@", "a b", "seal.example/x", "seal.example?x", "http://seal.example"} {
		if _, err := Discover(t.Context(), address, Options{}); !errors.Is(err, ErrNoSigner) {
			t.Errorf("%q: %v", address, err)
		}
	}
	if pageOf("http://seal.example/<nostrconnect>", "seal.example") {
		t.Error("a page over plain http")
	}
	if !pageOf("https://login.seal.example/<nostrconnect>", "seal.example") {
		t.Error("a page of the domain's own is refused")
	}
}
