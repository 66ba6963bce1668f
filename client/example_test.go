package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// A person copies a bunker:// link from their key app; the app gets a signature
// from a key it never sees.
func Example() {
	_, link, stop := client.StartFake() // stands for the person's key app
	defer stop()

	ctx := context.Background()
	session, err := client.Connect(ctx, link, client.Options{Name: "Notes", PrivateRelays: true})
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()

	event, err := session.SignEvent(ctx, nostr.Template{Kind: 1, Content: "hello"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(event.Content, event.Verify() == nil)
	// Output: hello true
}

// The app shows a link or QR code, and the person opens it in their key app.
func ExamplePair() {
	keyApp, link, stop := client.StartFake()
	defer stop()
	ctx := context.Background()

	pairing, err := client.Pair(ctx, []string{relayOf(link)}, client.Options{
		Name:          "Notes",
		Perms:         "sign_event:1",
		PrivateRelays: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	defer pairing.Close()
	fmt.Println(strings.HasPrefix(pairing.URI(), "nostrconnect://"))
	keyApp.Accept(pairing.URI()) // the person scans it

	session, err := pairing.Wait(ctx)
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()
	user, err := session.PublicKey(ctx)
	fmt.Println(user == keyApp.User.PublicKey(), err)
	// Output:
	// true
	// true <nil>
}

// A session outlives the app: keep what Export gives as carefully as a password.
func ExampleResume() {
	_, link, stop := client.StartFake()
	defer stop()
	dir, err := os.MkdirTemp("", "notes")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx, file := context.Background(), filepath.Join(dir, "session.json")
	options := client.Options{Name: "Notes", PrivateRelays: true}

	first, err := client.Connect(ctx, link, options)
	if err != nil {
		log.Fatal(err)
	}
	kept, err := first.Export()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(kept) // never shows itself
	if err := os.WriteFile(file, kept, 0o600); err != nil {
		log.Fatal(err)
	}
	first.Close()

	// Later, after a restart:
	data, err := os.ReadFile(file)
	if err != nil {
		log.Fatal(err)
	}
	session, err := client.Resume(data, options)
	if err != nil {
		log.Fatal(err) // only if the file is damaged
	}
	defer session.Close()
	fmt.Println(session.Ping(ctx))
	// Output:
	// [secret]
	// <nil>
}

// Every error names who has to act, and most say what to do.
func ExampleError() {
	keyApp, link, stop := client.StartFake()
	defer stop()
	ctx := context.Background()
	session, err := client.Connect(ctx, link, client.Options{PrivateRelays: true})
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()
	keyApp.Refuse("denied: not now")

	_, err = session.SignEvent(ctx, nostr.Template{Kind: 1, Content: "hello"})
	if errors.Is(err, client.ErrDenied) {
		fmt.Println(err)
	}
	var e *client.Error
	if errors.As(err, &e) {
		fmt.Println(e.Side, "|", e.Code, "|", e.Msg)
	}
	// Output:
	// you: not now (allow it in the key app and try again)
	// you | denied | not now
}

// Some key apps want the person to open a page first. Show the address as a
// link; the call goes on by itself once the person has answered there.
func ExampleOptions_onAuthURL() {
	keyApp, link, stop := client.StartFake()
	defer stop()
	ctx := context.Background()
	shown := make(chan string, 1)
	session, err := client.Connect(ctx, link, client.Options{
		PrivateRelays: true,
		OnAuthURL:     func(url string) { shown <- url },
	})
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()
	keyApp.AskFirst("https://key.example/approve")

	event, err := session.SignEvent(ctx, nostr.Template{Kind: 1, Content: "hello"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-shown, event.Content)
	// Output: https://key.example/approve hello
}

// Encryption is between the person and somebody else; the key never moves.
func ExampleSession_Nip44Encrypt() {
	_, link, stop := client.StartFake()
	defer stop()
	ctx := context.Background()
	session, err := client.Connect(ctx, link, client.Options{PrivateRelays: true})
	if err != nil {
		log.Fatal(err)
	}
	defer session.Close()
	friend, err := nostr.ParsePubKey("npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6")
	if err != nil {
		log.Fatal(err)
	}

	payload, err := session.Nip44Encrypt(ctx, friend, "see you at noon")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(payload != "")
	// Output: true
}

func relayOf(link string) string {
	b, err := nip46.ParseBunker(link)
	if err != nil {
		log.Fatal(err)
	}
	return b.Relays[0]
}
