// Package login lets people sign in to a web app with their Nostr key: the
// server's half of "Continue with Nostr", for any net/http app.
//
// A browser asks for a challenge, has the person's signer (an extension by
// NIP-07, a remote signer by NIP-46) sign one event of kind 27235 (NIP-98) that
// names the app's address, the method and the challenge, and hands it in. What
// follows is an ordinary session in an ordinary cookie: losing the signer does
// not sign anybody out.
//
// It refuses an event for another address, method or challenge, one signed more
// than a minute away from the server's clock, a challenge used twice, late or by
// another browser than the one that asked (which is how a stranger would have
// someone sign in for him), and requests made by other sites. It logs no event
// and keeps neither challenges nor session tokens, only their hashes.
package login
