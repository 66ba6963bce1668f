package schnorr

import (
	"sync"
	"sync/atomic"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// PureGo is the backend without cgo, on decred's secp256k1.
var PureGo Backend = newPureGo(tableAfter)

type pureGo struct {
	points keyCache[*known]
	tables keyCache[*table]
	after  uint32 // verifications with one key until it gets a table
}

// known is a public key that was met before.
type known struct {
	point affine
	uses  atomic.Uint32 // in verifications without a table
}

func newPureGo(after uint32) *pureGo {
	return &pureGo{tables: keyCache[*table]{most: tableGeneration}, after: after}
}

func (*pureGo) Name() string { return "pure Go" }

// lift is BIP-340's lift_x: the point with this x and an even y; nil if there is none.
func (b *pureGo) lift(pub *[32]byte) *known {
	if k, ok := b.points.get(pub); ok {
		return k
	}
	k := new(known)
	if !k.point.x.setX(pub) {
		return nil
	}
	var square field
	square.mul(square.square(&k.point.x), &k.point.x)
	if !k.point.y.root(square.add(&square, &field{7})) {
		return nil
	}
	if k.point.y.normal().isOdd() {
		k.point.y.negate(&k.point.y).normal()
	}
	b.points.put(pub, k)
	return k
}

func (b *pureGo) ValidPublicKey(pub *[32]byte) bool {
	return b.lift(pub) != nil
}

func (b *pureGo) Verify(pub, hash *[32]byte, sig *[64]byte) bool {
	p := b.lift(pub)
	return p != nil && b.verify(p, b.tableOf(pub, p), pub, hash, sig)
}

func (*pureGo) verify(p *known, t *table, pub, hash *[32]byte, sig *[64]byte) bool {
	var r field
	var s, e secp256k1.ModNScalar
	if !r.setX((*[32]byte)(sig[:32])) || s.SetBytes((*[32]byte)(sig[32:])) != 0 {
		return false
	}
	challenge(&e, sig, pub, hash)
	e.Negate()
	found := combine(&s, &e, p, t)
	return found.isEven(&r)
}

// challenge is BIP-340's e; the signature's first half is R.
func challenge(e *secp256k1.ModNScalar, sig *[64]byte, pub, hash *[32]byte) {
	h := tagChallenge.sum3((*[32]byte)(sig[:32]), pub, hash)
	e.SetBytes(&h)
}

func (b *pureGo) NewKeypair(secret *[32]byte) (Keypair, error) {
	k := &pureGoKeypair{backend: b}
	if overflow := k.d.SetBytes(secret); overflow != 0 || k.d.IsZero() {
		k.d.Zero()
		return nil, ErrInvalidSecret
	}
	g := secretG(&k.d)
	p := g.point()
	negateIf(&k.d, p.y[0]&1)
	p.x.putBytes(k.pub[:])
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
	p := k.backend.lift(peer)
	if p == nil {
		return x, ErrInvalidPublicKey
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.wiped {
		return x, ErrWiped
	}
	shared := p.point.times(&k.d)
	shared.putX(&x)
	shared = projective{}
	return x, nil
}
