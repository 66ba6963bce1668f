package passkey

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"math/big"

	"github.com/fxamacker/cbor/v2"
)

// strict reads CBOR as authenticators write it, and nothing beyond.
var strict = func() cbor.DecMode {
	mode, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, MaxNestedLevels: 8, MaxArrayElements: 64, MaxMapPairs: 64,
		IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return mode
}()

// firstItem splits off the first CBOR item.
func firstItem(b []byte) (item, rest []byte, err error) {
	var raw cbor.RawMessage
	if rest, err = strict.UnmarshalFirst(b, &raw); err != nil {
		return nil, nil, err
	}
	return bytes.Clone(raw), rest, nil
}

// authDataOf finds the authenticator data in an attestation object.
func authDataOf(attestation []byte) ([]byte, error) {
	var o struct {
		Format    string          `cbor:"fmt"`
		Statement cbor.RawMessage `cbor:"attStmt"`
		AuthData  []byte          `cbor:"authData"`
	}
	if len(attestation) > 4*maxAuthData || strict.Unmarshal(attestation, &o) != nil {
		return nil, ErrMalformed
	}
	return o.AuthData, nil
}

// Algorithms are those a passkey may use, as COSE numbers them, the best first.
var Algorithms = []int{-7, -8, -257}

// key is a public key that verifies.
type key interface {
	verify(message, signature []byte) bool
}

// coseKey is a public key as COSE has it (RFC 9053); -1 to -3 depend on the kind.
type coseKey struct {
	Kind      int             `cbor:"1,keyasint"`
	Algorithm int             `cbor:"3,keyasint"`
	A         cbor.RawMessage `cbor:"-1,keyasint"` // a curve, or n
	B         []byte          `cbor:"-2,keyasint"` // x, or e
	C         []byte          `cbor:"-3,keyasint"` // y
}

func parseKey(raw []byte) (key, error) {
	var c coseKey
	if len(raw) > maxKey || strict.Unmarshal(raw, &c) != nil {
		return nil, ErrMalformed
	}
	var curve int
	switch {
	case c.Algorithm == -7 && c.Kind == 2:
		if strict.Unmarshal(c.A, &curve) != nil || curve != 1 || len(c.B) != 32 || len(c.C) != 32 {
			return nil, ErrMalformed
		}
		k, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, c.B...), c.C...))
		if err != nil {
			return nil, ErrMalformed
		}
		return (*es256)(k), nil
	case c.Algorithm == -8 && c.Kind == 1:
		if strict.Unmarshal(c.A, &curve) != nil || curve != 6 || len(c.B) != ed25519.PublicKeySize {
			return nil, ErrMalformed
		}
		return edDSA(c.B), nil
	case c.Algorithm == -257 && c.Kind == 3:
		var n []byte
		if strict.Unmarshal(c.A, &n) != nil || len(n) < 256 || len(n) > 512 || len(c.B) == 0 || len(c.B) > 4 {
			return nil, ErrMalformed
		}
		e := int(new(big.Int).SetBytes(c.B).Int64())
		if e < 3 || e%2 == 0 {
			return nil, ErrMalformed
		}
		return (*rs256)(&rsa.PublicKey{N: new(big.Int).SetBytes(n), E: e}), nil
	}
	return nil, ErrAlgorithm
}

type es256 ecdsa.PublicKey

func (k *es256) verify(message, signature []byte) bool {
	hash := sha256.Sum256(message)
	return ecdsa.VerifyASN1((*ecdsa.PublicKey)(k), hash[:], signature)
}

type edDSA ed25519.PublicKey

func (k edDSA) verify(message, signature []byte) bool {
	return ed25519.Verify(ed25519.PublicKey(k), message, signature)
}

type rs256 rsa.PublicKey

func (k *rs256) verify(message, signature []byte) bool {
	hash := sha256.Sum256(message)
	return rsa.VerifyPKCS1v15((*rsa.PublicKey)(k), crypto.SHA256, hash[:], signature) == nil
}
