// Package link is one connection to one Nostr relay (NIP-01 over WebSocket), and
// the safe dialer under it. [Conn] moves single messages; [Relay] keeps a
// connection alive, and with it subscriptions, receipts and sign-in (NIP-42).
//
// It refuses private, link-local and metadata addresses that nobody typed,
// redirects, compression, frames beyond nostr.MaxMessageSize, and queues
// without an end. It believes nothing a relay says: events are neither verified
// nor matched against the filter here, whoever uses them does that.
package link
