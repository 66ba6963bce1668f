// Package schnorr is the signature scheme of Nostr: BIP-340 over secp256k1,
// and the ECDH that NIP-04 and NIP-44 build on. Two backends stand behind one
// interface: pure Go (default) and libsecp256k1 (build tag libsecp256k1).
// It refuses to sign without fresh randomness and to do curve arithmetic of
// its own.
package schnorr

// Keypair is a parsed secret key with its x-only public key, ready to use.
// It is safe for concurrent use until Wipe.
type Keypair interface {
	// PublicKey is the BIP-340 x-only public key.
	PublicKey() [32]byte
	// Sign makes a BIP-340 signature of a 32-byte hash with 32 bytes of fresh
	// auxiliary randomness.
	Sign(hash *[32]byte) ([64]byte, error)
	// SignChecked is Sign with the signature checked before it is returned
	// (R == s·G − e·P with the cached key), so that a fault never leaks.
	SignChecked(hash *[32]byte) ([64]byte, error)
	// ECDH is the unhashed x coordinate of secret·lift_x(peer) (NIP-04, NIP-44).
	ECDH(peer *[32]byte) ([32]byte, error)
	// Wipe overwrites the secret; the keypair answers errors afterwards.
	Wipe()
}

// Backend makes keypairs and verifies signatures.
type Backend interface {
	Name() string
	// NewKeypair parses a secret in [1, n-1]. The argument is copied.
	NewKeypair(secret *[32]byte) (Keypair, error)
	// Verify reports whether sig is pub's BIP-340 signature of hash.
	Verify(pub, hash *[32]byte, sig *[64]byte) bool
	// ValidPublicKey reports whether pub is the x coordinate of a curve point.
	ValidPublicKey(pub *[32]byte) bool
}

// Default is the backend of this build.
var Default Backend
