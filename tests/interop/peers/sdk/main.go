// Command sdk drives Privy Seal's own client package.
package main

import (
	"context"
	"log"
	"os"

	"github.com/privyseal/privyseal/client"
	"github.com/privyseal/privyseal/nostr"

	"github.com/privyseal/privyseal/tests/interop/peers/peer"
)

func main() {
	if err := peer.Serve(os.Stdin, os.Stdout, calls(&app{})); err != nil {
		log.Fatal(err)
	}
}

// app is an app with one session.
type app struct {
	pairing *client.Pairing
	session *client.Session
}

var options = client.Options{Name: "interop", PrivateRelays: true}

func calls(a *app) map[string]peer.Call {
	text := func(f func(*client.Session, context.Context, nostr.PubKey, string) (string, error)) peer.Call {
		return func(ctx context.Context, args []string) (any, error) {
			third, err := nostr.ParsePubKey(args[0])
			if err != nil {
				return nil, err
			}
			return f(a.session, ctx, third, args[1])
		}
	}
	return map[string]peer.Call{
		"bunker":       a.bunker,       // link
		"nostrconnect": a.nostrconnect, // relay; answers a link
		"paired":       a.paired,       // waits for the answer to it
		"restore":      a.restore,      // what save gave
		"save":         a.save,
		"publicKey":    a.publicKey,
		"signEvent":    a.signEvent, // template
		"nip44Encrypt": text((*client.Session).Nip44Encrypt),
		"nip44Decrypt": text((*client.Session).Nip44Decrypt),
		"nip04Encrypt": text((*client.Session).Nip04Encrypt),
		"nip04Decrypt": text((*client.Session).Nip04Decrypt),
		"ping":         func(ctx context.Context, _ []string) (any, error) { return nil, a.session.Ping(ctx) },
		"switchRelays": func(ctx context.Context, _ []string) (any, error) { return a.session.SwitchRelays(ctx) },
		"logout":       func(ctx context.Context, _ []string) (any, error) { return nil, a.session.Logout(ctx) },
	}
}

func (a *app) bunker(ctx context.Context, args []string) (_ any, err error) {
	a.session, err = client.Connect(ctx, args[0], options)
	return nil, err
}

func (a *app) nostrconnect(ctx context.Context, args []string) (_ any, err error) {
	if a.pairing, err = client.Pair(ctx, args[:1], options); err != nil {
		return nil, err
	}
	return a.pairing.URI(), nil
}

func (a *app) paired(ctx context.Context, _ []string) (_ any, err error) {
	a.session, err = a.pairing.Wait(ctx)
	return nil, err
}

func (a *app) save(context.Context, []string) (any, error) {
	saved, err := a.session.Export()
	return string(saved), err
}

func (a *app) restore(_ context.Context, args []string) (_ any, err error) {
	a.session, err = client.Resume([]byte(args[0]), options)
	return nil, err
}

func (a *app) publicKey(ctx context.Context, _ []string) (any, error) {
	key, err := a.session.PublicKey(ctx)
	return key.String(), err
}

func (a *app) signEvent(ctx context.Context, args []string) (any, error) {
	template, err := nostr.ParseTemplate([]byte(args[0]))
	if err != nil {
		return nil, err
	}
	return a.session.SignEvent(ctx, *template)
}
