// Package errand runs what the keeper sends the front for: it brings stored
// events from relays, takes a signed event to them, and a notice, sealed where
// it is private, to a push service. Each gets a connection of its own, for seconds. It refuses to wait beyond its deadlines,
// to bring more than was asked for, to sign in anywhere, and to reach what the
// safe dialer does not. It believes nothing a relay says: the keeper verifies.
package errand
