// Package nip44 encrypts payloads between two keys (NIP-44 version 2, with the
// long form of 2026). It refuses unknown versions and unauthenticated text.
package nip44

import "github.com/privyseal/privyseal/nostr/schnorr"

// ConversationKey is the secret shared by two keys (NIP-44 step 1).
type ConversationKey [32]byte

// NewConversationKey derives it from one's own keypair and the other's public key.
func NewConversationKey(kp schnorr.Keypair, peer *[32]byte) (ConversationKey, error) { panic("todo") }

// Encrypt seals plaintext with a fresh nonce.
func Encrypt(ck *ConversationKey, plaintext string) (string, error) { panic("todo") }

// Decrypt opens a payload.
func Decrypt(ck *ConversationKey, payload string) (string, error) { panic("todo") }
