// Package nip04 is the old encryption (NIP-04), for clients that still need it.
// It refuses to guess: malformed payloads are errors.
package nip04

import "github.com/privyseal/privyseal/nostr/schnorr"

// SharedKey is the AES key shared by two keys (NIP-04).
type SharedKey [32]byte

// NewSharedKey derives it from one's own keypair and the other's public key.
func NewSharedKey(kp schnorr.Keypair, peer *[32]byte) (SharedKey, error) { panic("todo") }

// Encrypt seals plaintext as base64?iv=base64.
func Encrypt(k *SharedKey, plaintext string) (string, error) { panic("todo") }

// Decrypt opens a payload.
func Decrypt(k *SharedKey, payload string) (string, error) { panic("todo") }

// Looks reports whether a payload has the shape of NIP-04.
func Looks(payload string) bool { panic("todo") }
