//go:build libsecp256k1

// Package libsecp256k1 calls the system's libsecp256k1 (0.2 or later), one call
// of C for each operation. It takes no secret. It is a package of its own as one
// with C may hold no assembly of Go.
package libsecp256k1

/*
#cgo pkg-config: libsecp256k1
#cgo noescape ps_init
#cgo nocallback ps_init
#cgo noescape ps_lift
#cgo nocallback ps_lift
#cgo noescape ps_verify
#cgo nocallback ps_verify

#include "libsecp256k1.h"
*/
import "C"

func init() {
	if C.ps_init() != 1 {
		panic("schnorr: libsecp256k1 refuses to start")
	}
}

// PublicKey is one that was parsed.
type PublicKey struct{ parsed C.secp256k1_xonly_pubkey }

// bytes is a C view of an array, for the time of a call.
func bytes(b *[32]byte) *C.uchar { return (*C.uchar)(&b[0]) }

// Parse sets the key to the point with this x coordinate, if there is one.
func (k *PublicKey) Parse(x *[32]byte) bool {
	return C.ps_lift(&k.parsed, bytes(x)) == 1
}

// Verify reports whether sig is the key's BIP-340 signature of hash.
func (k *PublicKey) Verify(hash *[32]byte, sig *[64]byte) bool {
	return C.ps_verify(&k.parsed, bytes(hash), (*C.uchar)(&sig[0])) == 1
}
