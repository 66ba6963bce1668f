package login_test

import (
	"fmt"
	"log"
	"net/http"

	"github.com/privyseal/privyseal/login"
)

// Any net/http app signs people in so.
func Example() {
	l, err := login.New(login.Options{Origin: "https://app.example", Store: login.NewMemory()})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/login/nostr/", l.Handler())
	mux.Handle("/mine", l.Require(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, _ := login.PubKey(r)
		fmt.Fprintln(w, "Hello,", key.Npub())
	})))
	// Output:
}
