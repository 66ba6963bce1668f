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
// letters of either case (but for the last, which the pattern has in small ones
// alone). Each is looked for by its rarest.
func hinted(s string) bool {
	return holds(s, '=', "secret=") || holds(s, '1', "sec1") || holds(s, 'v', "prv")
}

// holds reports whether s holds a word, in letters of either case, that ends as
// last says.
func holds(s string, last byte, word string) bool {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], last)
		if i < 0 {
			return false
		}
		from += i + 1
		if from >= len(word) && strings.EqualFold(s[from-len(word):from], word) {
			return true
		}
	}
}
