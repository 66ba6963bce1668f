// Package nip49 seals a secret key under a password (NIP-49, ncryptsec).
// It refuses cost parameters beyond a cap.
package nip49

import "github.com/privyseal/privyseal/nostr"

// DefaultLogN is the scrypt cost of [Encrypt]: 2^16 rounds.
const DefaultLogN = 16

// Encrypt seals a key; logN 0 means [DefaultLogN].
func Encrypt(sk *nostr.SecretKey, password string, logN int) (string, error) { panic("todo") }

// Decrypt opens an ncryptsec.
func Decrypt(s, password string) (nostr.SecretKey, error) { panic("todo") }
