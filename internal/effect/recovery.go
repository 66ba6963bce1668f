package effect

import (
	"crypto/sha256"
	_ "embed"
	"strings"
)

// The English recovery words of BIP-39, one a line, in their order.
//
//go:embed bip39.txt
var wordList string

var wordIndex = func() map[string]uint16 {
	m := make(map[string]uint16, 2048)
	for w := range strings.FieldsSeq(wordList) {
		m[w] = uint16(len(m))
	}
	return m
}()

// How long words of the list are, in bytes; a letter may take more of them before
// it is made small.
const shortestWord, longestWord = 3, 16

// What stands between words: it parts them, or surrounds one.
const (
	parts = 1 + iota
	surrounds
)

var betweenWords = func() (t [256]byte) {
	for _, c := range []byte(" \n,\t\r;|") {
		t[c] = parts
	}
	for _, c := range []byte("0123456789.):-(\"'") {
		t[c] = surrounds
	}
	return t
}()

// bare is a word without what surrounds it.
func bare(s string) string {
	for s != "" && betweenWords[s[0]] == surrounds {
		s = s[1:]
	}
	for s != "" && betweenWords[s[len(s)-1]] == surrounds {
		s = s[:len(s)-1]
	}
	return s
}

// recoveryLengths are the lengths of recovery phrases (BIP-39).
var recoveryLengths = []int{12, 15, 18, 21, 24}

// recoveryWords reports whether a text holds a recovery phrase: so many words of
// the list in a row, numbered or not, whose checksum is right. Prose in any
// language and lists of words do not pass.
func recoveryWords(s string) bool {
	run := make([]uint16, 0, 48)
	for len(s) > 0 {
		end := 0
		for end < len(s) && betweenWords[s[end]] != parts {
			end++
		}
		word := bare(s[:end])
		s = s[min(end+1, len(s)):]
		if word == "" { // a number of a numbered list
			continue
		}
		i, ok := uint16(0), false
		if len(word) >= shortestWord && len(word) <= longestWord {
			i, ok = wordIndex[strings.ToLower(word)]
		}
		if !ok {
			run = run[:0]
			continue
		}
		run = append(run, i)
		for _, n := range recoveryLengths {
			if len(run) >= n && checksum(run[len(run)-n:]) {
				return true
			}
		}
	}
	return false
}

// checksum reports whether a phrase's last bits are the first of the SHA-256 of
// the rest: 11 bits a word, one bit of checksum for every three words (BIP-39).
func checksum(phrase []uint16) bool {
	var bits [33]byte
	for i, w := range phrase {
		for b := range 11 {
			if w&(1<<(10-b)) != 0 {
				at := i*11 + b
				bits[at/8] |= 0x80 >> (at % 8)
			}
		}
	}
	check := len(phrase) / 3
	entropy := (len(phrase)*11 - check) / 8
	sum := sha256.Sum256(bits[:entropy])
	mask := byte(0xff) << (8 - check)
	return bits[entropy]&mask == sum[0]&mask
}
