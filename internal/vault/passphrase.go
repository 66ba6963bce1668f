package vault

import (
	"runtime/debug"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// MinPassphrase is the least length of a passphrase, in characters.
	MinPassphrase = 8
	maxPassphrase = 1024 // bytes
)

// CheckStrength answers, in friendly words, why a passphrase is too weak to
// seal anything, or nil. It never repeats the passphrase.
func CheckStrength(pass []byte) error {
	text := normalise(pass)
	defer clear(text)
	const hint = "four or five unrelated words are easy to remember and hard to guess"
	switch n := utf8.RuneCount(text); {
	case len(pass) > maxPassphrase:
		return invalid("this passphrase is too long", "use at most 1024 bytes")
	case n == 0:
		return invalid("the passphrase is empty", hint)
	case n < MinPassphrase:
		return invalid("this passphrase is too short: use at least 8 characters", hint)
	case distinct(text) < 3:
		return invalid("this passphrase repeats too few different characters", hint)
	}
	return nil
}

// distinct counts different characters, spaces as one, up to 3.
func distinct(text []byte) int {
	var seen [3]rune
	n := 0
next:
	for len(text) > 0 && n < len(seen) {
		r, size := utf8.DecodeRune(text)
		text = text[size:]
		if unicode.IsSpace(r) {
			r = ' '
		}
		for _, s := range seen[:n] {
			if r == s {
				continue next
			}
		}
		seen[n] = r
		n++
	}
	return n
}

// normalise is NFKC, so that one passphrase typed on two keyboards is the same
// bytes. The caller wipes it.
func normalise(pass []byte) []byte {
	// No character grows more than elevenfold, so no copy is left by growing.
	return norm.NFKC.Append(make([]byte, 0, 11*min(len(pass), maxPassphrase)), pass[:min(len(pass), maxPassphrase)]...)
}

// releaseMemory gives back what a memory-hard derivation used: it holds what
// the derived key can be computed from, and it is much.
func releaseMemory() { debug.FreeOSMemory() }
