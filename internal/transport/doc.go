// Package transport is the front's set of relays: it listens for the keys the
// keeper names, hands what comes to the keeper, publishes what the keeper sends,
// and says how each relay stands.
//
// It refuses events that are not of kind 24133 for one of those keys, copies of
// events it has just handed over, and queues without an end. It holds no key,
// decides nothing and verifies nothing: the keeper does (design decision 4).
package transport
