package console

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// drawing is a QR code as the path of an SVG picture, with its quiet zone.
type drawing struct {
	Size int
	Path string
}

// quiet is how many light modules stand around a code.
const quiet = 4

// picture draws text; nil when it is too long for a code.
func picture(text string) *drawing {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return nil
	}
	var b strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; {
			n := 0
			for x+n < code.Size && code.Black(x+n, y) {
				n++
			}
			if n > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, n, n)
			}
			x += max(n, 1)
		}
	}
	return &drawing{code.Size + 2*quiet, b.String()}
}
