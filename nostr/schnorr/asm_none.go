//go:build !amd64

package schnorr

// Elsewhere there is no assembly.
const (
	hasADX  = false
	hasAVX2 = false
)

func mul(z, x, y *field) { mulGo(z, x, y) }

func square(z, x *field) { squareGo(z, x) }

func addADX(*pair) { panic("schnorr: no assembly") }

func pickAVX2(*pair, *combRow, uint64, uint64) { panic("schnorr: no assembly") }
