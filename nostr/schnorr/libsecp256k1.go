//go:build libsecp256k1 && cgo

package schnorr

import "github.com/privyseal/privyseal/nostr/schnorr/internal/libsecp256k1"

// Default is the backend of this build.
var Default = Libsecp256k1

// Libsecp256k1 verifies by the system's libsecp256k1 (0.2 or later) what comes
// from keys that did not come often; each operation is one call of C. What takes
// a secret is the same as without C: it is as constant in time, and the quicker.
var Libsecp256k1 Backend = &inC{pureGo: newPureGo(tableAfter)}

type inC struct {
	*pureGo
	points keyCache[libsecp256k1.PublicKey]
}

func (*inC) Name() string { return "libsecp256k1" }

func (b *inC) lift(pub *[32]byte) (libsecp256k1.PublicKey, bool) {
	if p, ok := b.points.get(pub); ok {
		return p, true
	}
	var p libsecp256k1.PublicKey
	if !p.Parse(pub) {
		return p, false
	}
	b.points.put(pub, p)
	return p, true
}

func (b *inC) ValidPublicKey(pub *[32]byte) bool {
	_, ok := b.lift(pub)
	return ok
}

// Verify takes the multiples of a key that keeps coming, as the build without C
// does: they make it quicker than C, and nothing in it is secret.
func (b *inC) Verify(pub, hash *[32]byte, sig *[64]byte) bool {
	if valid, kept := b.verifyKept(pub, hash, sig); kept {
		return valid
	}
	p, ok := b.lift(pub)
	return ok && p.Verify(hash, sig)
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
