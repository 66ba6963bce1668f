package schnorr

import "golang.org/x/sys/cpu"

// Whether the processor has the instructions of field_amd64.s and pick_amd64.s;
// those of inverse_amd64.s they all have.
var (
	hasADX  = cpu.X86.HasADX && cpu.X86.HasBMI2
	hasAVX2 = cpu.X86.HasAVX2
)

//go:noescape
func mul(z, x, y *field)

//go:noescape
func square(z, x *field)

//go:noescape
func addADX(w *pair)

//go:noescape
func pickAVX2(w *pair, row *combRow, first, second uint64)

//go:noescape
func apply(m *matrix, d, e *signed)

//go:noescape
func applyModulo(m *matrix, d, e *signed)
