package plain

import "golang.org/x/sys/cpu"

const wide = 32 // bytes at a time

// prefix takes 32 bytes at a time, where the processor can.
func prefix(b []byte) int {
	n := 0
	if len(b) >= wide && cpu.X86.HasAVX2 {
		n = prefixAVX2(&b[0], len(b)/wide)
		if n < len(b)/wide*wide {
			return n
		}
	}
	return n + prefixGo(b[n:])
}

// prefixAVX2 looks at n times 32 bytes, of which there is one at least.
//
//go:noescape
func prefixAVX2(p *byte, n int) int
