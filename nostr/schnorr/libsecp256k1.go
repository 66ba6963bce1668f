//go:build libsecp256k1

package schnorr

/*
#cgo pkg-config: libsecp256k1
#cgo noescape ps_init
#cgo nocallback ps_init
#cgo noescape ps_new_key
#cgo nocallback ps_new_key
#cgo noescape ps_sign
#cgo nocallback ps_sign
#cgo noescape ps_sign_checked
#cgo nocallback ps_sign_checked
#cgo noescape ps_ecdh
#cgo nocallback ps_ecdh
#cgo noescape ps_lift
#cgo nocallback ps_lift
#cgo noescape ps_verify
#cgo nocallback ps_verify

#include "libsecp256k1.h"
*/
import "C"

import (
	"crypto/rand"
	"sync"
)

// Default is the backend of this build.
var Default = Libsecp256k1

// Libsecp256k1 is the backend on the system's libsecp256k1 (0.2 or later), in
// constant time. Each operation is one call of C.
var Libsecp256k1 = newLibsecp256k1()

type libsecp256k1 struct {
	points keyCache[C.secp256k1_xonly_pubkey]
	tables *pureGo
}

func newLibsecp256k1() Backend {
	var seed [32]byte
	rand.Read(seed[:]) // never fails: the program ends instead
	if C.ps_init(bytes(&seed)) != 1 {
		panic("schnorr: libsecp256k1 refuses to start")
	}
	clear(seed[:])
	return &libsecp256k1{tables: newPureGo(tableAfter)}
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
	if valid, kept := b.tables.verifyKept(pub, hash, sig); kept {
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

func (*libsecp256k1) NewKeypair(secret *[32]byte) (Keypair, error) {
	k := &libKeypair{}
	if C.ps_new_key(&k.key, bytes(secret)) != 1 {
		k.key = C.ps_key{}
		return nil, ErrInvalidSecret
	}
	for i, c := range k.key.pub {
		k.pub[i] = byte(c)
	}
	return k, nil
}

type libKeypair struct {
	redacted
	pub [32]byte

	mu    sync.RWMutex // held for reading while key is in use
	key   C.ps_key
	wiped bool
}

func (k *libKeypair) PublicKey() [32]byte { return k.pub }

func (k *libKeypair) Wipe() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.key = C.ps_key{}
	k.wiped = true
}

func (k *libKeypair) Sign(hash *[32]byte) ([64]byte, error) {
	var aux [32]byte
	rand.Read(aux[:]) // never fails: the program ends instead
	return k.SignAux(hash, &aux)
}

// SignAux signs with given auxiliary randomness, for known-answer tests; it is
// deliberately no part of [Keypair].
func (k *libKeypair) SignAux(hash, aux *[32]byte) (sig [64]byte, err error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.wiped {
		return sig, ErrWiped
	}
	if C.ps_sign((*C.uchar)(&sig[0]), &k.key, bytes(hash), bytes(aux)) != 1 {
		return [64]byte{}, ErrFault
	}
	return sig, nil
}

// SignChecked costs a base multiplication more than Sign, some two thirds of a
// verification: as P = d·G, the point s·G − e·P is (s − e·d)·G.
func (k *libKeypair) SignChecked(hash *[32]byte) (sig [64]byte, err error) {
	var aux [32]byte
	rand.Read(aux[:]) // never fails: the program ends instead
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.wiped {
		return sig, ErrWiped
	}
	if C.ps_sign_checked((*C.uchar)(&sig[0]), &k.key, bytes(hash), bytes(&aux)) != 1 {
		return [64]byte{}, ErrFault
	}
	return sig, nil
}

func (k *libKeypair) ECDH(peer *[32]byte) (x [32]byte, err error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.wiped {
		return x, ErrWiped
	}
	if C.ps_ecdh(bytes(&x), &k.key, bytes(peer)) != 1 {
		return [32]byte{}, ErrInvalidPublicKey
	}
	return x, nil
}
