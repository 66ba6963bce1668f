package keeper

import (
	"maps"
	"slices"
)

// Verbs are all verbs that calls may name.
func Verbs() []string { return slices.Sorted(maps.Keys(handlers)) }
