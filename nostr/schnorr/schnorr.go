// Package schnorr is the signature scheme of Nostr: BIP-340 over secp256k1,
// and the ECDH that NIP-04 and NIP-44 build on. Two backends stand behind one
// interface: pure Go (default), and one that verifies by libsecp256k1 what comes
// from keys it met seldom (build tag libsecp256k1). It refuses to sign without
// fresh randomness.
//
// Signing (comb.go) and ECDH (multiple.go) take neither a branch nor a table's
// index from a secret; timing_test.go measures that their time tells nothing of
// it. Verifying, of public numbers only, takes a time of its own for each.
// The tag needs cgo and libsecp256k1 0.2 or later, with its extrakeys and
// schnorrsig modules (for the tests its ecdh too), found by pkg-config.
package schnorr

import "errors"

var (
	// ErrInvalidSecret answers a secret outside [1, n-1].
	ErrInvalidSecret = errors.New("schnorr: secret key out of range")
	// ErrInvalidPublicKey answers a public key that is no point's x coordinate.
	ErrInvalidPublicKey = errors.New("schnorr: public key is not on the curve")
	// ErrWiped answers every use of a secret after [Keypair.Wipe].
	ErrWiped = errors.New("schnorr: keypair was wiped")
	// ErrFault answers a signature that failed its own check, or a nonce that
	// cannot be used. Nothing of the failed signature is returned.
	ErrFault = errors.New("schnorr: signature failed its own check")
)

// Keypair is a parsed secret key with its x-only public key, ready to use.
// It is safe for concurrent use, and never prints its secret.
type Keypair interface {
	// PublicKey is the BIP-340 x-only public key. It outlives Wipe.
	PublicKey() [32]byte
	// Sign makes a BIP-340 signature of a 32-byte hash with 32 bytes of fresh
	// auxiliary randomness.
	Sign(hash *[32]byte) ([64]byte, error)
	// SignChecked is Sign with the signature checked before it is returned
	// (R == s·G − e·P with the cached key), so that a fault never leaks.
	SignChecked(hash *[32]byte) ([64]byte, error)
	// ECDH is the unhashed x coordinate of secret·lift_x(peer) (NIP-04, NIP-44).
	ECDH(peer *[32]byte) ([32]byte, error)
	// Wipe waits for uses under way and overwrites the secret; every later use
	// of it answers [ErrWiped].
	Wipe()
}

// Backend makes keypairs and verifies signatures.
type Backend interface {
	// Name is the backend's name in logs and test names.
	Name() string
	// NewKeypair parses a secret in [1, n-1]. The argument is copied.
	NewKeypair(secret *[32]byte) (Keypair, error)
	// Verify reports whether sig is pub's BIP-340 signature of hash.
	Verify(pub, hash *[32]byte, sig *[64]byte) bool
	// ValidPublicKey reports whether pub is the x coordinate of a curve point.
	ValidPublicKey(pub *[32]byte) bool
}
