package words

import (
	"strings"
	"unicode"
)

// Sanitize makes an app's text safe to show in a terminal and on a page (T43,
// T45): no control, bidi or invisible characters, no line breaks, at most max
// characters (an ellipsis marks a cut). hidden counts what was taken out and
// could not be seen.
func Sanitize(s string, max int) (clean string, hidden int) {
	var b strings.Builder
	n, marks, space, cut := 0, 0, false, false
	var last rune
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || unicode.IsSpace(r):
			space = n > 0
			continue
		case joins(r) && pictorial(last):
		case invisible(r):
			hidden++
			continue
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
			if marks++; marks > 3 || n == 0 {
				hidden++
				continue
			}
		default:
			marks = 0
		}
		need := 1
		if space {
			need = 2
		}
		if n+need > max {
			cut = true
			last = 0
			continue
		}
		if space {
			b.WriteByte(' ')
			n, space = n+1, false
		}
		b.WriteRune(r)
		n, last = n+1, r
	}
	if !cut {
		return b.String(), hidden
	}
	out := []rune(b.String())
	if len(out) >= max && max > 0 {
		out = out[:max-1]
	}
	if max > 0 {
		out = append(out, '…')
	}
	return string(out), hidden
}

// joins are the characters that shape an emoji after its first part.
func joins(r rune) bool { return r == '\u200d' || r == '\ufe0e' || r == '\ufe0f' || r == '\u20e3' }

func pictorial(r rune) bool {
	return unicode.Is(unicode.So, r) || unicode.Is(unicode.Sk, r) || r == '\ufe0f' ||
		r >= '0' && r <= '9' || r == '#' || r == '*'
}

// invisible characters have no shape of their own, or change that of others.
func invisible(r rune) bool {
	switch r {
	case unicode.ReplacementChar, '\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u180e', '\u2800', '\u3164', '\uffa0':
		return true
	}
	return unicode.Is(unicode.Variation_Selector, r) || !unicode.IsGraphic(r)
}

// clean is an app's text inside a sentence of ours: without quotes as well.
func clean(s string, max int) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune("\"“”„«»`", r) {
			return -1
		}
		return r
	}, s)
	s, _ = Sanitize(s, max)
	return s
}
