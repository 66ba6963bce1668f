// Package nostr has the protocol's base: events, filters, relay messages, keys
// and their bech32 forms (NIPs 01, 19, 42). It refuses anything that is not
// exactly what the protocol says, and does no I/O.
package nostr
