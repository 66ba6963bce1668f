// Package recovery is what a recovery file's code looks like, and how the file
// is read again. It refuses to guess: of a file it takes the one sealed key that
// stands in it, and a code that is not one of ours it leaves as it was typed.
package recovery

import (
	"bytes"
	"crypto/rand"
	"strings"
)

// A code is letters and digits in groups: 120 bits, and nothing in it looks like
// something else.
const (
	codeLength = 24
	group      = 4
)

// NewCode draws one.
func NewCode() string { return grouped(rand.Text()[:codeLength]) }

func grouped(s string) string {
	var b strings.Builder
	for i, c := range []byte(s) {
		if i > 0 && i%group == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// Typed is a code as it was drawn, however it was typed: in small letters, with
// other blanks or none, with digits in the place of the letters they look like.
// What cannot be a code stays as it is.
func Typed(text string) string {
	var b strings.Builder
	for _, c := range strings.ToUpper(text) {
		switch {
		case c >= 'A' && c <= 'Z', c >= '2' && c <= '7':
			b.WriteRune(c)
		case c == '0':
			b.WriteByte('O')
		case c == '1':
			b.WriteByte('I')
		case c == '8':
			b.WriteByte('B')
		case c == '-' || c == ' ' || c == '\t' || c == '\n' || c == '\r':
		default:
			return text
		}
	}
	if b.Len() != codeLength {
		return text
	}
	return grouped(b.String())
}

// prefix is how a sealed key begins (NIP-49).
const prefix = "ncryptsec1"

// Sealed reports whether a text is a sealed key, by how it begins.
func Sealed(text []byte) bool { return bytes.HasPrefix(bytes.ToLower(text), []byte(prefix)) }

// Key is the sealed key in a recovery file; all of the text if there is none, or
// more than one.
func Key(file []byte) []byte {
	var found []byte
	for word := range bytes.FieldsSeq(file) {
		if !Sealed(word) {
			continue
		}
		if found != nil {
			return file
		}
		found = word
	}
	if found == nil {
		return file
	}
	return found
}
