package transport

import (
	"encoding/binary"

	"github.com/privyseal/privyseal/internal/offheap"
)

// generation are the sightings of up to seenEvents events, by their marks: a hash
// table half full at most, outside the collector's heap. An entry has the mark,
// when the event was passed last (Unix milliseconds) and a bit for each relay that
// it came from, modulo 64: one at least, which an empty entry has not.
type generation struct {
	block  *offheap.Block
	events int
}

const (
	entryPassed = len(mark{})
	entryRelays = entryPassed + 8
	entrySize   = entryRelays + 8
	entries     = 2 * seenEvents
)

func newGeneration() generation { return generation{block: offheap.New(entries * entrySize)} }

func (g *generation) entry(i uint64) []byte { return g.block.Bytes()[int(i)*entrySize:][:entrySize] }

// find answers where a mark's entry is; where there is none, where it would be.
func (g *generation) find(place uint64, hash *mark) (at uint64, known bool) {
	for at = place % entries; ; at = (at + 1) % entries {
		switch e := g.entry(at); {
		case binary.NativeEndian.Uint64(e[entryRelays:]) == 0:
			return at, false
		case mark(e) == *hash:
			return at, true
		}
	}
}

// sighting is what an entry says, zeros for none.
func (g *generation) sighting(at uint64) (passed int64, relays uint64) {
	e := g.entry(at)
	return int64(binary.NativeEndian.Uint64(e[entryPassed:])), binary.NativeEndian.Uint64(e[entryRelays:])
}

// put makes or changes a mark's entry.
func (g *generation) put(place uint64, hash *mark, passed int64, relays uint64) {
	at, known := g.find(place, hash)
	if !known {
		g.events++
	}
	e := g.entry(at)
	copy(e, hash[:])
	binary.NativeEndian.PutUint64(e[entryPassed:], uint64(passed))
	binary.NativeEndian.PutUint64(e[entryRelays:], relays)
}

func (g *generation) forget() {
	clear(g.block.Bytes())
	g.events = 0
}
