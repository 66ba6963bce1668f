// Command gonostr drives the NIP-46 client of github.com/nbd-wtf/go-nostr.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"github.com/nbd-wtf/go-nostr"
	"github.com/nbd-wtf/go-nostr/nip46"

	"github.com/privyseal/privyseal/tests/interop/peers/peer"
)

func main() {
	var bunker *nip46.BunkerClient
	text := func(f func(*nip46.BunkerClient, context.Context, string, string) (string, error)) peer.Call {
		return func(ctx context.Context, args []string) (any, error) { return f(bunker, ctx, args[0], args[1]) }
	}
	calls := map[string]peer.Call{
		// bunker: link, client key
		"bunker": func(ctx context.Context, args []string) (_ any, err error) {
			type result struct {
				bunker *nip46.BunkerClient
				err    error
			}
			done := make(chan result, 1)
			go func() { // its subscription lives as long as the context it is given
				b, err := nip46.ConnectBunker(context.Background(), args[1], args[0], nil, func(string) {})
				done <- result{b, err}
			}()
			select {
			case r := <-done:
				bunker = r.bunker
				return nil, r.err
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		},
		"publicKey": func(ctx context.Context, _ []string) (any, error) { return bunker.GetPublicKey(ctx) },
		"signEvent": func(ctx context.Context, args []string) (any, error) {
			var event nostr.Event
			if err := json.Unmarshal([]byte(args[0]), &event); err != nil {
				return nil, err
			}
			err := bunker.SignEvent(ctx, &event)
			return event, err
		},
		"nip44Encrypt": text((*nip46.BunkerClient).NIP44Encrypt),
		"nip44Decrypt": text((*nip46.BunkerClient).NIP44Decrypt),
		"nip04Encrypt": text((*nip46.BunkerClient).NIP04Encrypt),
		"nip04Decrypt": text((*nip46.BunkerClient).NIP04Decrypt),
		"ping":         func(ctx context.Context, _ []string) (any, error) { return nil, bunker.Ping(ctx) },
	}
	if err := peer.Serve(os.Stdin, os.Stdout, calls); err != nil {
		log.Fatal(err)
	}
}
