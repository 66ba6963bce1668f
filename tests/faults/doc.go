// Package faults runs the real program through the faults of the world as it
// is: relays that are away, lie, refuse or fall silent, strangers that flood,
// requests that are forged, repeated or malformed. It holds tests only, and
// trusts nothing the program says of itself that it can check on the wire.
package faults
