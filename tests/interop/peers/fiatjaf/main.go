// Command fiatjaf drives the NIP-46 client of fiatjaf.com/nostr.
package main

import (
	"context"
	"encoding/json"
	"log"
	"net/url"
	"os"

	"fiatjaf.com/nostr"
	"fiatjaf.com/nostr/nip46"

	"github.com/privyseal/privyseal/tests/interop/peers/peer"
)

func main() {
	if err := peer.Serve(os.Stdin, os.Stdout, calls(&session{})); err != nil {
		log.Fatal(err)
	}
}

// session is the one session of this process.
type session struct {
	bunker *nip46.BunkerClient
	paired chan error // the answer to a nostrconnect:// link
}

// connect keeps a bunker that connects in the background: its subscription
// lives as long as the context it is given, which no call's may be.
func (s *session) connect(ctx context.Context, f func(context.Context) (*nip46.BunkerClient, error)) error {
	type result struct {
		bunker *nip46.BunkerClient
		err    error
	}
	done := make(chan result, 1)
	go func() {
		b, err := f(context.Background())
		done <- result{b, err}
	}()
	select {
	case r := <-done:
		s.bunker = r.bunker
		return r.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func calls(s *session) map[string]peer.Call {
	text := func(f func(*nip46.BunkerClient, context.Context, nostr.PubKey, string) (string, error)) peer.Call {
		return func(ctx context.Context, args []string) (any, error) {
			third, err := nostr.PubKeyFromHex(args[0])
			if err != nil {
				return nil, err
			}
			return f(s.bunker, ctx, third, args[1])
		}
	}
	return map[string]peer.Call{
		"bunker":       s.pair,      // link, client key
		"nostrconnect": s.offer,     // relay, client key; answers a link
		"paired":       s.wait,      // waits for the answer to it
		"signEvent":    s.signEvent, // template
		"publicKey":    s.publicKey,
		"nip44Encrypt": text((*nip46.BunkerClient).NIP44Encrypt),
		"nip44Decrypt": text((*nip46.BunkerClient).NIP44Decrypt),
		"nip04Encrypt": text((*nip46.BunkerClient).NIP04Encrypt),
		"nip04Decrypt": text((*nip46.BunkerClient).NIP04Decrypt),
		"ping":         func(ctx context.Context, _ []string) (any, error) { return nil, s.bunker.Ping(ctx) },
		"switchRelays": func(ctx context.Context, _ []string) (any, error) {
			relays, err := s.bunker.SwitchRelays(ctx)
			return len(relays) > 0, err
		},
	}
}

func (s *session) pair(ctx context.Context, args []string) (any, error) {
	key, err := nostr.SecretKeyFromHex(args[1])
	if err != nil {
		return nil, err
	}
	return nil, s.connect(ctx, func(ctx context.Context) (*nip46.BunkerClient, error) {
		return nip46.ConnectBunker(ctx, key, args[0], nil, func(string) {})
	})
}

func (s *session) offer(ctx context.Context, args []string) (any, error) {
	key, err := nostr.SecretKeyFromHex(args[1])
	if err != nil {
		return nil, err
	}
	relays := args[:1]
	link, err := nip46.GenerateNostrConnectURL(ctx, key, relays, nil, "interop", "", "")
	if err != nil {
		return nil, err
	}
	parsed, err := url.Parse(link)
	if err != nil {
		return nil, err
	}
	s.paired = make(chan error, 1)
	go func() {
		b, err := nip46.NewBunkerFromNostrConnect(context.Background(), key, relays, parsed.Query().Get("secret"), nil)
		s.bunker = b
		s.paired <- err
	}()
	return link, nil
}

func (s *session) wait(ctx context.Context, _ []string) (any, error) {
	select {
	case err := <-s.paired:
		return nil, err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *session) publicKey(ctx context.Context, _ []string) (any, error) {
	key, err := s.bunker.GetPublicKey(ctx)
	return key.Hex(), err
}

func (s *session) signEvent(ctx context.Context, args []string) (any, error) {
	var event nostr.Event
	if err := json.Unmarshal([]byte(args[0]), &event); err != nil {
		return nil, err
	}
	err := s.bunker.SignEvent(ctx, &event)
	return event, err
}
