package nostr

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/privyseal/privyseal/internal/plain"
)

// appendString appends s as a JSON string in the one form of which NIP-01 takes
// ids: seven escapes, and everything else verbatim, U+2028 included. For the
// control characters JSON does not allow verbatim, NIP-01 leaves open what is
// meant; all implementations write \u00xx. Invalid UTF-8, which no parsed and
// no signed event holds, becomes U+FFFD.
func appendString(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	dst = append(dst, '"')
	start := len(dst)
	dst = append(dst, s...)
	plainly := plain.Prefix(s)
	if plainly == len(s) {
		return append(dst, '"')
	}
	dst, s = dst[:start+plainly], s[plainly:]
	for start = 0; ; {
		i := start + plain.Prefix(s[start:])
		dst = append(dst, s[start:i]...)
		if i == len(s) {
			return append(dst, '"')
		}
		dst = appendEscape(dst, s[i])
		start = i + 1
	}
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '\n':
		c = 'n'
	case '\r':
		c = 'r'
	case '\t':
		c = 't'
	case '\b':
		c = 'b'
	case '\f':
		c = 'f'
	case '"', '\\':
	default:
		dst = append(dst, `\u00`...)
		return hex.AppendEncode(dst, []byte{c})
	}
	return append(dst, '\\', c)
}

// appendHex appends b as a JSON string of lower-case hex digits.
func appendHex(dst, b []byte) []byte {
	return append(hex.AppendEncode(append(dst, '"'), b), '"')
}

func appendTags(dst []byte, tags Tags) []byte { return appendList(dst, tags, appendTag) }

func appendTag(dst []byte, tag Tag) []byte { return appendList(dst, tag, appendString) }

// appendList appends a JSON array of which one appends an element.
func appendList[T any](dst []byte, list []T, one func([]byte, T) []byte) []byte {
	dst = append(dst, '[')
	for i, v := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = one(dst, v)
	}
	return append(dst, ']')
}
