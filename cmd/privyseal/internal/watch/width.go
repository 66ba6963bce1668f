package watch

import (
	"unicode"

	"golang.org/x/text/width"
)

// columns is how wide text is on a terminal.
func columns(text []rune) int {
	n := 0
	for _, r := range text {
		n += column(r)
	}
	return n
}

// fit is how many runes of text fit into so many columns, at least one more
// than nothing.
func fit(text []rune, columns int) int {
	used := 0
	for i, r := range text {
		if used += column(r); used > columns {
			return max(i, 1)
		}
	}
	return len(text)
}

func column(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	case width.Neutral, width.EastAsianAmbiguous, width.EastAsianNarrow, width.EastAsianHalfwidth:
	}
	return 1
}
