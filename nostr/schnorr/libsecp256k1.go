//go:build libsecp256k1

package schnorr

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

// Default is the backend of this build.
var Default = Libsecp256k1

// Libsecp256k1 verifies by the system's libsecp256k1 (0.2 or later) what comes
// from keys that did not come often; each operation is one call of C. What takes
// a secret is the same as without C: it is as constant in time, and the quicker.
var Libsecp256k1 Backend = newLibsecp256k1()

type libsecp256k1 struct {
	*pureGo
	points keyCache[C.secp256k1_xonly_pubkey]
}

func newLibsecp256k1() *libsecp256k1 {
	if C.ps_init() != 1 {
		panic("schnorr: libsecp256k1 refuses to start")
	}
	return &libsecp256k1{pureGo: newPureGo(tableAfter)}
}

// bytes is a C view of an array, for the time of a call.
func bytes(b *[32]byte) *C.uchar { return (*C.uchar)(&b[0]) }

func (*libsecp256k1) Name() string { return "libsecp256k1" }

func (b *libsecp256k1) lift(pub *[32]byte) (C.secp256k1_xonly_pubkey, bool) {
	if p, ok := b.points.get(pub); ok {
		return p, true
	}
	var p C.secp256k1_xonly_pubkey
	if C.ps_lift(&p, bytes(pub)) != 1 {
		return p, false
	}
	b.points.put(pub, p)
	return p, true
}

func (b *libsecp256k1) ValidPublicKey(pub *[32]byte) bool {
	_, ok := b.lift(pub)
	return ok
}

// Verify takes the multiples of a key that keeps coming, as the build without C
// does: they make it quicker than C, and nothing in it is secret.
func (b *libsecp256k1) Verify(pub, hash *[32]byte, sig *[64]byte) bool {
	if valid, kept := b.verifyKept(pub, hash, sig); kept {
		return valid
	}
	p, ok := b.lift(pub)
	return ok && C.ps_verify(&p, bytes(hash), (*C.uchar)(&sig[0])) == 1
}

// verifyKept verifies by the table of a key that has earned one; false when
// there is none.
func (b *pureGo) verifyKept(pub, hash *[32]byte, sig *[64]byte) (valid, kept bool) {
	p := b.lift(pub)
	if p == nil {
		return false, false
	}
	t := b.tableOf(pub, p)
	return t != nil && b.verify(p, t, pub, hash, sig), t != nil
}
