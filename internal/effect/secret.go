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
// key, a wallet or signer link with its secret, or what looks like twelve or
// more recovery words.
func Secret(s string) bool { return secretPattern.MatchString(s) || recoveryWords(s) }

const fewestWords = 12

// plainWords are common words that no BIP-39 list holds; prose has one within
// any twelve words, recovery words never do.
var plainWords = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("the and for are was were but not has had his her him our your " +
		"she its who out how did does been from them their than which would could should these those " +
		"some being having got get its let say says said see too why yes per via") {
		m[w] = true
	}
	return m
}()

// recoveryWords looks for twelve words in a row of three to eight small
// letters, numbered or not, none of them a plain word.
func recoveryWords(s string) bool {
	run := 0
	for f := range strings.FieldsFuncSeq(s, func(r rune) bool {
		return r <= ' ' || r == ',' || r == ';' || r == '|'
	}) {
		f = strings.TrimLeft(f, "0123456789.):#-")
		switch {
		case f == "": // a number of a numbered list
		case recoveryWord(f):
			if run++; run == fewestWords {
				return true
			}
		default:
			run = 0
		}
	}
	return false
}

func recoveryWord(f string) bool {
	if len(f) < 3 || len(f) > 8 {
		return false
	}
	f = strings.ToLower(f)
	for i := range len(f) {
		if f[i] < 'a' || f[i] > 'z' {
			return false
		}
	}
	return !plainWords[f]
}
