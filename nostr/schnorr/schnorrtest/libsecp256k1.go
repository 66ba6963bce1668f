//go:build libsecp256k1

package schnorrtest

/*
#cgo pkg-config: libsecp256k1
#include "libsecp256k1.h"
*/
import "C"

import "github.com/privyseal/privyseal/nostr/schnorr"

// Libsecp256k1 is a backend that does everything in the system's libsecp256k1,
// for [Same] to hold ours against.
var Libsecp256k1 schnorr.Backend = reference{}

func init() {
	if C.ref_init() != 1 {
		panic("schnorrtest: libsecp256k1 refuses to start")
	}
}

type reference struct{}

func bytes(b *[32]byte) *C.uchar { return (*C.uchar)(&b[0]) }

func (reference) Name() string { return "all in libsecp256k1" }

func (reference) ValidPublicKey(pub *[32]byte) bool { return C.ref_valid(bytes(pub)) == 1 }

func (reference) Verify(pub, hash *[32]byte, sig *[64]byte) bool {
	return C.ref_verify(bytes(pub), bytes(hash), (*C.uchar)(&sig[0])) == 1
}

func (reference) NewKeypair(secret *[32]byte) (schnorr.Keypair, error) {
	k := &referenceKeypair{}
	if C.ref_new_key(&k.pair, bytes(&k.secret), bytes(&k.pub), bytes(secret)) != 1 {
		return nil, schnorr.ErrInvalidSecret
	}
	return k, nil
}

type referenceKeypair struct {
	pair        C.secp256k1_keypair
	secret, pub [32]byte
}

func (k *referenceKeypair) PublicKey() [32]byte { return k.pub }

func (k *referenceKeypair) Sign(hash *[32]byte) ([64]byte, error) {
	return k.SignAux(hash, new([32]byte))
}

func (k *referenceKeypair) SignChecked(hash *[32]byte) ([64]byte, error) {
	sig, err := k.Sign(hash)
	if err == nil && !Libsecp256k1.Verify(&k.pub, hash, &sig) {
		return [64]byte{}, schnorr.ErrFault
	}
	return sig, err
}

func (k *referenceKeypair) SignAux(hash, aux *[32]byte) (sig [64]byte, err error) {
	if C.ref_sign((*C.uchar)(&sig[0]), &k.pair, bytes(hash), bytes(aux)) != 1 {
		return sig, schnorr.ErrFault
	}
	return sig, nil
}

func (k *referenceKeypair) ECDH(peer *[32]byte) (x [32]byte, err error) {
	if C.ref_ecdh(bytes(&x), bytes(&k.secret), bytes(peer)) != 1 {
		return [32]byte{}, schnorr.ErrInvalidPublicKey
	}
	return x, nil
}

func (k *referenceKeypair) Wipe() {}
