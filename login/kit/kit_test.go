package kit

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http/httptest"
	"testing"
)

func TestHandler(t *testing.T) {
	ask := func(method, encoding, tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, Path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		if tag != "" {
			r.Header.Set("If-None-Match", tag)
		}
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, r)
		return w
	}
	plain, small := ask("GET", "", ""), ask("GET", "br, gzip", "")
	if plain.Code != 200 || !bytes.Equal(plain.Body.Bytes(), Script) || plain.Header().Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Error(plain.Code, plain.Header())
	}
	z, err := gzip.NewReader(small.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(z); err != nil || !bytes.Equal(got, Script) {
		t.Error("gzipped it is another script:", err)
	}
	tag := plain.Header().Get("ETag")
	if tag == "" || tag[0] != '"' || tag == small.Header().Get("ETag") {
		t.Errorf("tags %s and %s", tag, small.Header().Get("ETag"))
	}
	if w := ask("GET", "", tag); w.Code != 304 || w.Body.Len() != 0 {
		t.Error("known and sent again:", w.Code)
	}
	if w := ask("POST", "", ""); w.Code != 405 {
		t.Error(w.Code)
	}
}

// The script stays small: 60 kB gzipped, with the curve in it.
func TestScriptIsSmall(t *testing.T) {
	if n := len(zipped()); n < 10_000 || n > 60_000 {
		t.Errorf("%d bytes gzipped", n)
	}
}
