// Package nip46 is the wire of NIP-46: the two pairing links, permission
// strings, requests and responses. It is lenient in what clients in the wild
// send, exact in what it emits, pure, and refuses to guess a meaning it was
// not told.
package nip46
