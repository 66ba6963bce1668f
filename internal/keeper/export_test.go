package keeper

import (
	"maps"
	"slices"
)

// Verbs are all verbs that calls may name.
func Verbs() []string { return slices.Sorted(maps.Keys(handlers)) }

// InConsole are the verbs that people may call in the console.
func InConsole() []string { return slices.Sorted(maps.Keys(rights)) }

// FrontsOwn are the verbs that the front's connection may call itself.
func FrontsOwn() []string { return slices.Sorted(maps.Keys(forFront)) }

// Running reports whether [Keeper.Run] has begun, and has not ended.
func (k *Keeper) Running() bool {
	k.crew.mu.Lock()
	defer k.crew.mu.Unlock()
	return k.crew.open
}
