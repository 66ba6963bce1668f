package schnorr

import "golang.org/x/sys/cpu"

// Whether the processor has the instructions of field_amd64.s and pick_amd64.s.
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
