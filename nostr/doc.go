// Package nostr has the protocol's base: events, filters, relay messages, keys
// and their bech32 forms (NIPs 01, 19, 42).
//
// It refuses anything that is not exactly what the protocol says: duplicate
// keys, numbers that are no integers, upper-case hex, broken UTF-8, half
// surrogate pairs, trailing data, and whatever is larger or deeper than its
// bounds. What it refuses it names in a plain sentence that never quotes the
// input. It does no I/O, and it never writes a secret but when asked for an nsec.
package nostr
