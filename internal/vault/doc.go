// Package vault is the only code that touches secrets: the vault key, the
// persons' user keys, the apps' remote-signer keys and the conversation keys
// derived from them. It seals and opens stored facts, signs, encrypts and
// decrypts. It refuses to hand out a secret (but for an ncryptsec under a
// password), to put one into an error, a log or a panic, to work with user keys
// while locked, and to do any I/O beyond the readers and writers it is given.
//
// # Keys
//
// One random vault key seals every stored secret (XChaCha20-Poly1305, bound to
// purpose, id and version). The vault key itself is sealed by any number of
// [privyseal.Seal]s side by side: passphrases (argon2id), key files and systemd
// credentials (HKDF). Changing a passphrase makes a new seal and forgets the
// old one; nothing else is sealed again.
//
// # Memory
//
// The vault key and the conversation keys live in pages of their own outside
// the Go heap: locked, left out of core dumps, not inherited by children, and
// on Linux out of the kernel's own reach where memfd_secret allows (which also
// keeps the machine from hibernating while they exist). [Hardening] says what
// the system granted. What is not covered: a parsed keypair holds a copy of its
// scalar in the Go heap until Lock, Forget or Close wipes it, and temporaries
// of ciphers and hashes stay in the heap until it is used again, unless built
// with GOEXPERIMENT=runtimesecret, which erases them. Passwords that arrive as
// Go strings cannot be wiped.
package vault
