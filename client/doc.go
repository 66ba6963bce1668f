// Package client lets an app use a Nostr key that it never sees: it asks a key
// app (a NIP-46 remote signer, or "bunker") to sign, encrypt and decrypt.
//
//	session, err := client.Connect(ctx, "bunker://…", client.Options{Name: "Notes"})
//	if err != nil {
//		return err // names who has to act: you, the app, the key app, the connection
//	}
//	defer session.Close()
//	event, err := session.SignEvent(ctx, nostr.Template{Kind: 1, Content: "hello"})
//	if errors.Is(err, client.ErrDenied) {
//		return nil // the person said no
//	}
//
// [Pair] begins the other way round, with a link or QR code that the app shows.
// [Session.Export] and [Resume] carry a session across restarts.
//
// No call hangs: reaching a relay, getting an answer and waiting for a person
// have a deadline each, and what is unanswered is sent again when a connection
// comes back. Nothing is believed unasked: answers count only from the one
// signer of the session, to a request that is open, and a signed event only when
// every field is the one asked for.
//
// The package never sends NIP-04 envelopes, never opens a page by itself, never
// retries what a person refused, and reaches no private address unless
// [Options.PrivateRelays] says so.
package client
