// Package stage puts the demo's apps and doubles on this computer's ports: the
// board with a relay, an address for tips and a test wallet beside it, and the
// second app on an origin of its own.
//
// It listens on this computer only, reaches nothing outside of it, and brings no
// signer: that is given to it.
package stage
