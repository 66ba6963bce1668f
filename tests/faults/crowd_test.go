//go:build !race

package faults

// How many a flood is.
const (
	junkEvents = 10_000
	strangers  = 2000
)
