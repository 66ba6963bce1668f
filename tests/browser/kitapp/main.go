// Kitapp is a web app that people sign in to, for the tests of the login kit:
// kitapp ADDRESS… serves the element with the attributes that a request names, at
// each address an app of its own.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"sync"

	"github.com/privyseal/privyseal/login"
	"github.com/privyseal/privyseal/login/kit"
	"github.com/privyseal/privyseal/nostr"
)

const page = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>Crays</title><script type="module" src="/nostr-login.js"></script><h1>Crays</h1>
<nostr-login %s api="/login/nostr" app-name="Crays"></nostr-login>`

// before are the accounts that the app had before: a name, and who has linked a
// key to it. How they log in themselves is left out.
func before(mux *http.ServeMux, in *login.Login) {
	var linked sync.Map // public key to name
	mux.HandleFunc("POST /account", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "account", Value: r.FormValue("name"), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	})
	// Both have to be there: the session of the account, and that of the key.
	mux.Handle("POST /account/link", in.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, _ := login.PubKey(r)
		if account, err := r.Cookie("account"); err == nil {
			linked.Store(key, account.Value)
			return
		}
		http.Error(w, "Log in to your account first.", http.StatusUnauthorized)
	})))
	mux.Handle("GET /account", in.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, _ := login.PubKey(r)
		if name, ok := linked.Load(key); ok {
			fmt.Fprint(w, name)
		}
	})))
}

// names are what the app has found out about people, told by a test.
type names struct{ known sync.Map }

func (n *names) Show(_ context.Context, key nostr.PubKey) *login.Shown {
	if name, ok := n.known.Load(key.String()); ok {
		return &login.Shown{Name: name.(string)}
	}
	return nil
}

func main() {
	var ended sync.WaitGroup
	for _, address := range os.Args[1:] {
		l, err := net.Listen("tcp", address)
		if err != nil {
			log.Fatal(err)
		}
		origin := fmt.Sprintf("http://localhost:%d", l.Addr().(*net.TCPAddr).Port)
		fmt.Println(origin)
		ended.Go(func() { log.Fatal(http.Serve(l, app(origin))) })
	}
	ended.Wait()
}

func app(origin string) http.Handler {
	var people names
	in, err := login.New(login.Options{Origin: origin, Store: login.NewMemory(), Chip: &people, Client: func(r *http.Request) string { return r.UserAgent() }})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/login/nostr/", in.Handler())
	mux.Handle(kit.Path, kit.Handler())
	mux.HandleFunc("POST /name", func(w http.ResponseWriter, r *http.Request) {
		people.known.Store(r.FormValue("key"), r.FormValue("name"))
	})
	before(mux, in)
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; connect-src 'self' ws: http:; img-src https:; base-uri 'none'; form-action 'none'")
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, page, r.URL.Query().Get("with"))
	})
	return mux
}
