package errand_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/privyseal/privyseal/internal/control"
)

func TestDeliver(t *testing.T) {
	got := make(chan string, 4)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
			return
		}
		body, _ := io.ReadAll(r.Body)
		got <- r.Method + " " + r.URL.Path + " " + r.Header.Get("TTL") + " " + string(body)
		w.WriteHeader(http.StatusCreated)
	}))
	defer srv.Close()
	deliver := func(url string, typed bool) control.Delivered {
		out := run(t, t.Context(), &control.Deliver{Ref: 5, To: control.Place{URL: url, Typed: typed}, Headers: map[string]string{"TTL": "9"}, Body: []byte("x")})
		if len(out) != 1 {
			t.Fatalf("%v", out)
		}
		return *out[0].(*control.Delivered)
	}
	if d := deliver(srv.URL+"/a", true); d != (control.Delivered{Ref: 5, Status: 201}) {
		t.Fatalf("%+v", d)
	}
	if g := <-got; g != "POST /a 9 x" {
		t.Fatalf("%q", g)
	}
	// What leads elsewhere is not followed.
	if d := deliver(srv.URL+"/moved", true); d.Status != http.StatusTemporaryRedirect {
		t.Fatalf("%+v", d)
	}
	// What nobody typed does not reach this computer (T10), nor goes unencrypted.
	for _, url := range []string{srv.URL + "/a", "https://127.0.0.1:1/a", "http://push.example/a", "https://10.0.0.1/a", "https://169.254.169.254/latest", "file:///etc/passwd"} {
		if d := deliver(url, false); d.Status != 0 || d.Reason != "its address is not allowed" {
			t.Fatalf("%s: %+v", url, d)
		}
	}
	if len(got) != 0 {
		t.Fatal("something was delivered all the same")
	}
}
