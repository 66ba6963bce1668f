package schnorr

import (
	"sync"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// PureGo is the backend without cgo, on decred's secp256k1.
var PureGo Backend = &pureGo{}

type pureGo struct {
	points keyCache[secp256k1.JacobianPoint]
}

func (*pureGo) Name() string { return "pure Go" }

// lift is BIP-340's lift_x: the point with this x and an even y.
func (b *pureGo) lift(pub *[32]byte) (secp256k1.JacobianPoint, bool) {
	if p, ok := b.points.get(pub); ok {
		return p, true
	}
	var p secp256k1.JacobianPoint
	if p.X.SetBytes(pub) != 0 || !secp256k1.DecompressY(&p.X, false, &p.Y) {
		return p, false
	}
	p.Y.Normalize()
	p.Z.SetInt(1)
	b.points.put(pub, p)
	return p, true
}

func (b *pureGo) ValidPublicKey(pub *[32]byte) bool {
	_, ok := b.lift(pub)
	return ok
}

func (b *pureGo) Verify(pub, hash *[32]byte, sig *[64]byte) bool {
	var r secp256k1.FieldVal
	var s, e secp256k1.ModNScalar
	if r.SetBytes((*[32]byte)(sig[:32])) != 0 || s.SetBytes((*[32]byte)(sig[32:])) != 0 {
		return false
	}
	p, ok := b.lift(pub)
	if !ok {
		return false
	}
	challenge(&e, sig, pub, hash)
	e.Negate()
	var sg, ep, sum secp256k1.JacobianPoint
	secp256k1.ScalarBaseMultNonConst(&s, &sg)
	secp256k1.ScalarMultNonConst(&e, &p, &ep)
	secp256k1.AddNonConst(&sg, &ep, &sum)
	return isEvenPoint(&sum, &r)
}

// challenge is BIP-340's e; the signature's first half is R.
func challenge(e *secp256k1.ModNScalar, sig *[64]byte, pub, hash *[32]byte) {
	h := tagChallenge.sum3((*[32]byte)(sig[:32]), pub, hash)
	e.SetBytes(&h)
}

// isEvenPoint reports whether p is the point with this x and an even y.
func isEvenPoint(p *secp256k1.JacobianPoint, x *secp256k1.FieldVal) bool {
	if p.Z.Normalize().IsZero() {
		return false
	}
	p.ToAffine()
	return !p.Y.IsOdd() && p.X.Equals(x)
}

func (b *pureGo) NewKeypair(secret *[32]byte) (Keypair, error) {
	k := &pureGoKeypair{backend: b}
	if overflow := k.d.SetBytes(secret); overflow != 0 || k.d.IsZero() {
		k.d.Zero()
		return nil, ErrInvalidSecret
	}
	var p secp256k1.JacobianPoint
	secp256k1.ScalarBaseMultNonConst(&k.d, &p)
	p.ToAffine()
	if p.Y.IsOdd() {
		k.d.Negate()
	}
	p.X.PutBytes(&k.pub)
	return k, nil
}

// pureGoKeypair holds the secret d for which d·G has an even y.
type pureGoKeypair struct {
	redacted
	backend *pureGo
	pub     [32]byte

	mu    sync.RWMutex // held for reading while d is in use
	d     secp256k1.ModNScalar
	wiped bool
}

func (k *pureGoKeypair) PublicKey() [32]byte { return k.pub }

func (k *pureGoKeypair) Wipe() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.d.Zero()
	k.wiped = true
}

func (k *pureGoKeypair) ECDH(peer *[32]byte) (x [32]byte, err error) {
	p, ok := k.backend.lift(peer)
	if !ok {
		return x, ErrInvalidPublicKey
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.wiped {
		return x, ErrWiped
	}
	var shared secp256k1.JacobianPoint
	secp256k1.ScalarMultNonConst(&k.d, &p, &shared)
	shared.ToAffine()
	shared.X.PutBytes(&x)
	shared = secp256k1.JacobianPoint{}
	return x, nil
}
