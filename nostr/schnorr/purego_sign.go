package schnorr

import (
	"crypto/rand"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

func (k *pureGoKeypair) Sign(hash *[32]byte) ([64]byte, error) {
	var aux [32]byte
	rand.Read(aux[:]) // never fails: the program ends instead
	return k.SignAux(hash, &aux)
}

// SignAux signs with given auxiliary randomness, for known-answer tests; it is
// deliberately no part of [Keypair].
func (k *pureGoKeypair) SignAux(hash, aux *[32]byte) (sig [64]byte, err error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	sig, _, err = k.sign(hash, aux)
	return sig, err
}

// SignChecked costs one base multiplication more than Sign instead of a whole
// verification.
func (k *pureGoKeypair) SignChecked(hash *[32]byte) ([64]byte, error) {
	var aux [32]byte
	rand.Read(aux[:]) // never fails: the program ends instead
	k.mu.RLock()
	defer k.mu.RUnlock()
	sig, y, err := k.sign(hash, &aux)
	if err != nil {
		return [64]byte{}, err
	}
	if !k.check(hash, &sig, &y) {
		return [64]byte{}, ErrFault
	}
	return sig, nil
}

// sign answers the signature and the even y of its R.
func (k *pureGoKeypair) sign(hash, aux *[32]byte) (sig [64]byte, y field, err error) {
	if k.wiped {
		return sig, y, ErrWiped
	}
	var secret [32]byte
	k.d.PutBytes(&secret)
	mask := tagAux.sum1(aux)
	for i := range secret {
		secret[i] ^= mask[i]
	}
	random := tagNonce.sum3(&secret, &k.pub, hash)
	var nonce, s secp256k1.ModNScalar
	nonce.SetBytes(&random)
	defer nonce.Zero()
	clear(secret[:])
	clear(random[:])
	if nonce.IsZero() {
		return sig, y, ErrFault
	}
	g := secretG(&nonce)
	r := g.point()
	negateIf(&nonce, r.y[0]&1)
	r.y.negateIf(r.y[0] & 1)
	r.x.putBytes(sig[:32])
	challenge(&s, &sig, &k.pub, hash)
	s.Mul(&k.d).Add(&nonce)
	s.PutBytesUnchecked(sig[32:])
	return sig, r.y, nil
}

// check reports whether s·G − e·P, which is (s − e·d)·G, is the point that the
// signature's first half and y name, and y is even. That y is known saves the
// inversion that would find it.
func (k *pureGoKeypair) check(hash *[32]byte, sig *[64]byte, y *field) bool {
	r := affine{y: *y}
	var s, e secp256k1.ModNScalar
	if !r.x.setX((*[32]byte)(sig[:32])) || s.SetBytes((*[32]byte)(sig[32:])) != 0 || y.isOdd() {
		return false
	}
	challenge(&e, sig, &k.pub, hash)
	e.Mul(&k.d).Negate()
	s.Add(&e) // the nonce again
	defer s.Zero()
	e.Zero()
	found := secretG(&s)
	return found.is(&r)
}
