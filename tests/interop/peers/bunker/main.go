// Command bunker is the signer of fiatjaf.com/nostr, as nak's bunker runs it: it
// prints a bunker:// link, and then answers each nostrconnect:// link on standard
// input. It allows everything, to any client with a link.
package main

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"net/url"
	"os"

	"fiatjaf.com/nostr"
	"fiatjaf.com/nostr/nip46"
)

const secret = "0123456789abcdef0123456789abcdef"

func main() {
	if err := serve(context.Background(), os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

func serve(ctx context.Context, relayURL string) error {
	key := nostr.Generate()
	signer := nip46.NewStaticKeySigner(key)
	known := map[nostr.PubKey]bool{}
	signer.AuthorizeRequest = func(_ bool, from nostr.PubKey, said string) bool {
		known[from] = known[from] || said == secret
		return known[from]
	}
	relay, err := nostr.RelayConnect(ctx, relayURL, nostr.RelayOptions{})
	if err != nil {
		return err
	}
	sub, err := relay.Subscribe(ctx, nostr.Filter{
		Kinds: []nostr.Kind{nostr.KindNostrConnect}, Tags: nostr.TagMap{"p": {key.Public().Hex()}},
	}, nostr.SubscriptionOptions{})
	if err != nil {
		return err
	}
	links := make(chan *url.URL)
	go func() {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			link, err := url.Parse(in.Text())
			if err != nil {
				log.Fatal(err)
			}
			links <- link
		}
		os.Exit(0)
	}()
	fmt.Printf("bunker://%s?relay=%s&secret=%s\n", key.Public().Hex(), url.QueryEscape(relayURL), secret)
	for {
		var answer nostr.Event
		select {
		case e, open := <-sub.Events:
			if !open {
				return fmt.Errorf("the relay ended the subscription")
			}
			if _, _, answer, err = signer.HandleRequest(ctx, e); err != nil {
				log.Print(err)
				continue
			}
		case link := <-links:
			client, err := nostr.PubKeyFromHex(link.Host)
			if err != nil {
				return err
			}
			known[client] = true
			if _, answer, err = signer.HandleNostrConnectURI(ctx, link); err != nil {
				return err
			}
		}
		if err := relay.Publish(ctx, answer); err != nil {
			log.Print(err)
		}
	}
}
