package console

import (
	"cmp"
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

// told is a keeper that says how it is found, at two addresses.
type told struct{}

func (told) Stream(_ context.Context, verb string, _ any, each func(json.RawMessage) error) error {
	var v any = control.Site{Origins: []string{"https://seal.example", "http://localhost:4646"}}
	if verb == control.VerbDiscovery {
		v = control.Discovery{Signer: "ab", Relays: []string{"wss://seal.example"}, Origin: "https://seal.example"}
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return each(raw)
}

// Anybody may read how a signer with an address is found; on this computer only
// pages of this computer may.
func TestNostrJSON(t *testing.T) {
	console := New(Options{Seam: func() Seam { return told{} }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	tls := map[string]string{"X-Forwarded-Proto": "https"}
	const far, near = "https://seal.example/connect?uri=<nostrconnect>", "http://localhost:4646/connect?uri=<nostrconnect>"
	for name, c := range map[string]struct {
		method, host, remote, from string
		headers                    map[string]string
		want                       int
		page, allow                string
	}{
		"from anywhere":             {host: "seal.example", headers: tls, from: "https://app.example", want: 200, page: far, allow: "*"},
		"by a program":              {host: "seal.example", headers: tls, want: 200, page: far, allow: "*"},
		"asked first":               {method: "OPTIONS", host: "seal.example", headers: tls, from: "https://app.example", want: 204, allow: "*"},
		"its head":                  {method: "HEAD", host: "seal.example", headers: tls, want: 200, page: far, allow: "*"},
		"written to":                {method: "POST", host: "seal.example", headers: tls, from: "https://app.example", want: 405, allow: "*"},
		"plain, from afar":          {host: "seal.example", remote: "192.0.2.7:9", want: 404},
		"another host":              {host: "evil.example", headers: tls, want: 404},
		"here":                      {host: "localhost:4646", want: 200, page: near},
		"here, by number":           {host: "127.0.0.1:4646", want: 200, page: near},
		"here, by a page of here":   {host: "localhost:4646", from: "http://localhost:8080", want: 200, page: near, allow: "http://localhost:8080"},
		"here, by a page of a site": {host: "localhost:4646", from: "https://app.example", want: 403},
		"here, by no page":          {host: "localhost:4646", from: "null", want: 403},
		"another program's port":    {host: "localhost:80", want: 404},
	} {
		r := httptest.NewRequest(cmp.Or(c.method, "GET"), control.NostrJSON+"?name=_", nil)
		r.Host, r.RemoteAddr = c.host, cmp.Or(c.remote, "127.0.0.1:9")
		for k, v := range c.headers {
			r.Header.Set(k, v)
		}
		if c.from != "" {
			r.Header.Set("Origin", c.from)
		}
		w := httptest.NewRecorder()
		console.ServeHTTP(w, r)
		if w.Code != c.want || w.Header().Get("Access-Control-Allow-Origin") != c.allow {
			t.Errorf("%s: %d %q", name, w.Code, w.Header().Get("Access-Control-Allow-Origin"))
		}
		if w.Code != http.StatusOK {
			continue
		}
		var doc struct {
			Names map[string]string
			Nip46 struct {
				Relays []string
				URL    string   `json:"nostrconnect_url"`
				Old    []string `json:"ab"`
			}
		}
		if !strings.Contains(w.Body.String(), "<nostrconnect>") || json.Unmarshal(w.Body.Bytes(), &doc) != nil ||
			doc.Names["_"] != "ab" || doc.Nip46.URL != c.page || len(doc.Nip46.Relays) != 1 || len(doc.Nip46.Old) != 1 {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
}

// An app's link comes in our template as it is, or encoded.
func TestLinkOf(t *testing.T) {
	const link = "nostrconnect://ab?relay=wss%3A%2F%2Fr.example&secret=a+b&name=x"
	for _, query := range []string{link, "nostrconnect%3A%2F%2Fab%3Frelay%3Dwss%253A%252F%252Fr.example%26secret%3Da%2Bb%26name%3Dx"} {
		if got := linkOf(httptest.NewRequest("GET", "/connect?uri="+query, nil)); got != link {
			t.Errorf("%q", got)
		}
	}
}
