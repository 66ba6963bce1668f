// Kitapp is a web app that people sign in to, for the tests of the login kit:
// kitapp ADDRESS serves the element with the attributes that a request names.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/privyseal/privyseal/login"
	"github.com/privyseal/privyseal/login/kit"
)

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>Crays</title><script type="module" src="/nostr-login.js"></script><h1>Crays</h1>
<nostr-login api="/login/nostr" app-name="Crays" %s></nostr-login>`

func main() {
	l, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	origin := fmt.Sprintf("http://localhost:%d", l.Addr().(*net.TCPAddr).Port)
	in, err := login.New(login.Options{Origin: origin, Store: login.NewMemory(), Client: func(r *http.Request) string { return r.UserAgent() }})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/login/nostr/", in.Handler())
	mux.Handle(kit.Path, kit.Handler())
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self' ws: http:; img-src https:; base-uri 'none'; form-action 'none'")
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, page, r.URL.Query().Get("with"))
	})
	fmt.Println(origin)
	log.Fatal(http.Serve(l, mux))
}
