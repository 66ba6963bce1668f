// Package relay is our own Nostr relay for remote signing: kind 24133 (and the
// legacy 24135), nothing else. It speaks NIPs 01, 11 and 42, keeps what a
// recipient missed for two minutes in memory, tells a publisher the truth about
// what became of its event, and lets one bad client harm nobody else.
//
// It refuses: other kinds, events without exactly one recipient, subscriptions
// that would watch everybody's traffic, disk, and logs of content. It holds no
// key and decides nothing about a request.
//
// # Verification
//
// An event is hashed and compared with its id before anything is done with it.
// Its signature is checked once, and always before the event is sent to a
// websocket. One check is saved: an event whose only listeners are in-process
// ([Relay.Local]) goes there unchecked, because the keeper behind it checks
// every event itself; should a websocket ask for it later from the mailbox, it
// is checked then. Events published in-process were signed in this process and
// are checked for their id alone.
package relay
