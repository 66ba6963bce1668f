package effect

import (
	"regexp"
	"strings"
)

// secretPattern finds what is a secret wherever it stands: private keys, also
// sealed under a passphrase (NIP-19, NIP-49), extended private keys, wallet
// links (NIP-47) and signer links with their secret (NIP-46).
var secretPattern = regexp.MustCompile(`(?i:\bnsec1[02-9ac-hj-np-z]{58}` +
	`|\bncryptsec1[02-9ac-hj-np-z]{50,}` +
	`|nostr\+?walletconnect:[^\s"<>]*secret=` +
	`|\bbunker://[^\s"<>]*secret=[^&\s"<>])` +
	`|\b[xyzt]prv[1-9A-HJ-NP-Za-km-z]{100,}`)

// Secret reports whether a text holds what must never be public: a private
// key, a wallet or signer link with its secret, or a recovery phrase.
func Secret(s string) bool {
	return hinted(s) && secretPattern.MatchString(s) || recoveryWords(s)
}

// hinted spares most texts the pattern: every match holds one of these, in
// letters of either case.
func hinted(s string) bool {
	for i := 0; i+3 <= len(s); i++ {
		switch s[i] | 0x20 {
		case 's':
			if begins(s[i:], "sec1") || begins(s[i:], "secret=") {
				return true
			}
		case 'p':
			if begins(s[i:], "prv") {
				return true
			}
		}
	}
	return false
}

// begins is [strings.HasPrefix] for letters of either case.
func begins(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
