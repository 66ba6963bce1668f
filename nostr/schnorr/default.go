//go:build !libsecp256k1

package schnorr

// Default is the backend of this build.
var Default = PureGo
