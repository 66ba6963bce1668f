//go:build !amd64

package schnorr

// Elsewhere there is no assembly.
const (
	hasADX  = false
	hasAVX2 = false
)

func mul(z, x, y *field) { mulGo(z, x, y) }

func square(z, x *field) { squareGo(z, x) }

func apply(m *matrix, f, g *signed) { applyGo(m, f, g) }

func applyModulo(m *matrix, d, e *signed) { applyModuloGo(m, d, e) }

func addADX(*pair) { panic("schnorr: no assembly") }

func pickAVX2(*pair, *combRow, uint64, uint64) { panic("schnorr: no assembly") }
