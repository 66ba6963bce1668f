// Package webapp is an example for web developers: a small message board that
// people enter with "Continue with Nostr" (Board), and a second app that finds
// the same account again (Desk). What a person does is drafted by the server,
// signed by the person's signer through window.nostr, and handed in; the server
// checks it and passes it on to a relay. That is all there is to an app whose
// users bring their own keys.
//
// It keeps no password and no key of anybody, never sees what is sealed (but for
// a wallet's connection in the moment of a payment), takes nothing that is not
// signed by who is signed in, and runs no script but its own files.
package webapp
