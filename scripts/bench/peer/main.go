// Command peer runs go-nostr's static signer on one relay: no records, no
// policy, no restart. It exists to be measured beside ours.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/nbd-wtf/go-nostr"
	"github.com/nbd-wtf/go-nostr/nip46"
)

func main() {
	if err := run(context.Background(), os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, url string) error {
	sk := nostr.GeneratePrivateKey()
	pk, err := nostr.GetPublicKey(sk)
	if err != nil {
		return err
	}
	signer := nip46.NewStaticKeySigner(sk)
	relay, err := nostr.RelayConnect(ctx, url)
	if err != nil {
		return err
	}
	sub, err := relay.Subscribe(ctx, nostr.Filters{{Kinds: []int{nostr.KindNostrConnect}, Tags: nostr.TagMap{"p": []string{pk}}}})
	if err != nil {
		return err
	}
	<-sub.EndOfStoredEvents
	fmt.Printf("{\"uri\":\"bunker://%s?relay=%s&secret=bench\"}\n", pk, url)
	for ev := range sub.Events {
		go func() {
			_, _, answer, err := signer.HandleRequest(ctx, ev)
			if err != nil {
				return
			}
			_ = relay.Publish(ctx, answer)
		}()
	}
	return nil
}
