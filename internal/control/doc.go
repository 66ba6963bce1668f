// Package control is the seam between the signer's two halves: the front, which
// meets the network, and the keeper, which holds keys, facts and decisions. Its
// messages are typed, bounded and serialised; so are the control calls of the
// command line and the console. It refuses frames beyond its bounds, unknown
// frame types, and calls a connection has no right to. It holds no logic.
package control
