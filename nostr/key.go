package nostr

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

// The errors of parsing keys; they never quote what was typed.
var (
	ErrNotPubKey    = errors.New("a public key is 64 hex digits or an npub")
	ErrNotSecretKey = errors.New("a secret key is 64 hex digits or an nsec")
	// ErrSecretGiven says that a secret key was typed where a public one belongs.
	ErrSecretGiven = errors.New("this is a secret key: a public key belongs here")
)

// ParsePubKey accepts 64 hex digits of either case or an npub, and checks that
// the key is on the curve.
func ParsePubKey(s string) (PubKey, error) {
	b, hrp := parseKey(s)
	if hrp == "nsec" {
		return PubKey{}, ErrSecretGiven
	}
	if len(b) != 32 || hrp != "" && hrp != "npub" {
		return PubKey{}, ErrNotPubKey
	}
	pk := PubKey(b)
	if !schnorr.Default.ValidPublicKey((*[32]byte)(&pk)) {
		return PubKey{}, ErrNotPubKey
	}
	return pk, nil
}

// ParseSecretKey accepts 64 hex digits of either case or an nsec, and checks
// that the number is a secret of the curve.
func ParseSecretKey(s string) (SecretKey, error) {
	b, hrp := parseKey(s)
	defer clear(b)
	if len(b) != 32 || hrp != "" && hrp != "nsec" {
		return SecretKey{}, ErrNotSecretKey
	}
	sk := SecretKey(b)
	if _, err := sk.PublicKey(); err != nil {
		return SecretKey{}, ErrNotSecretKey
	}
	return sk, nil
}

// parseKey decodes hex (no prefix) or bech32; without a result it is neither.
func parseKey(s string) (b []byte, hrp string) {
	if len(s) == 64 {
		if b, err := hex.DecodeString(s); err == nil {
			return b, ""
		}
	}
	hrp, b, err := DecodeBech32(s)
	if err != nil {
		return nil, ""
	}
	return b, hrp
}

// GenerateSecretKey draws a fresh secret from the system's randomness.
func GenerateSecretKey() (SecretKey, error) {
	var sk SecretKey
	for {
		if _, err := rand.Read(sk[:]); err != nil {
			return SecretKey{}, err
		}
		if _, err := sk.PublicKey(); err == nil { // all but one in 2^127 draws
			return sk, nil
		}
	}
}

// Keypair parses the secret with the default backend.
func (sk *SecretKey) Keypair() (Keypair, error) {
	return schnorr.Default.NewKeypair((*[32]byte)(sk))
}

// PublicKey is the secret's public key; zero and other numbers outside the
// curve's order are errors.
func (sk *SecretKey) PublicKey() (PubKey, error) {
	kp, err := sk.Keypair()
	if err != nil {
		return PubKey{}, err
	}
	defer kp.Wipe()
	return kp.PublicKey(), nil
}

// Wipe overwrites the secret.
func (sk *SecretKey) Wipe() { clear(sk[:]) }

// Nsec is the secret in bech32 (NIP-19): the one way to write it out.
func (sk *SecretKey) Nsec() string { return EncodeBech32("nsec", sk[:]) }

// redacted is what a secret prints as, everywhere.
const redacted = "[secret]"

// String never shows the secret.
func (sk SecretKey) String() string { return redacted }

// GoString never shows the secret.
func (sk SecretKey) GoString() string { return redacted }

// Format never shows the secret, whatever the verb.
func (sk SecretKey) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalJSON never shows the secret.
func (sk SecretKey) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText never shows the secret.
func (sk SecretKey) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue never shows the secret.
func (sk SecretKey) LogValue() slog.Value { return slog.StringValue(redacted) }
