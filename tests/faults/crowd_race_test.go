//go:build race

package faults

// The race detector makes each signature fifteen times dearer, and looks at us,
// not at the program: a smaller crowd will do.
const (
	junkEvents = 1500
	strangers  = 300
)
