//go:build libsecp256k1 && !cgo

package schnorr

// Default does not exist: a build that asked for libsecp256k1 must not get
// another backend in silence. The undefined name is what the compiler prints.
var Default Backend = the_build_tag_libsecp256k1_needs_CGO_ENABLED_1
