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
func Secret(s string) bool {
	return hinted(s) && secretPattern.MatchString(s) || recoveryWords(s)
}

// hinted spares most texts the pattern: every match holds one of these.
func hinted(s string) bool {
	s = strings.ToLower(s)
	return strings.Contains(s, "sec1") || strings.Contains(s, "secret=") || strings.Contains(s, "prv")
}

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

// recoveryWords looks for twelve words in a row of three to eight letters,
// numbered or not, none of them a plain word.
func recoveryWords(s string) bool {
	var run [fewestWords]string
	n := 0
	for len(s) > 0 {
		end := strings.IndexAny(s, " \n,\t\r;|")
		if end < 0 {
			end = len(s)
		}
		word := strings.TrimLeft(s[:end], "0123456789.):-")
		s = s[min(end+1, len(s)):]
		switch {
		case word == "": // a number of a numbered list
			continue
		case !wordlike(word):
			n = 0
			continue
		}
		run[n] = word
		if n++; n == fewestWords {
			if n = afterPlain(run[:]); n == fewestWords {
				return true
			}
		}
	}
	return false
}

// afterPlain moves what follows the last plain word to the front and counts it.
func afterPlain(run []string) int {
	for i := len(run) - 1; i >= 0; i-- {
		if plainWords[strings.ToLower(run[i])] {
			return copy(run, run[i+1:])
		}
	}
	return len(run)
}

func wordlike(s string) bool {
	if len(s) < 3 || len(s) > 8 {
		return false
	}
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}
