// Package heads knows the versions of replaceable events: which kinds are kept,
// which version counts, which were kept long enough, what to look for on a
// person's relays, and whether what came may be believed. It refuses events
// that are not the author's, not what was asked for, or stamped in the future.
// It does no I/O, reads no clock, and holds no key; [Ledger] remembers what was
// looked for.
package heads

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/privyseal/privyseal/nostr"
)

// Kept reports whether versions of a kind are kept: what apps replace as a
// whole, and a person would miss.
func Kept(k nostr.Kind) bool {
	switch {
	case k == 0, k == 3, k >= 10000 && k <= 10102, k >= 30000 && k <= 30030:
		return true
	}
	return k == 30078 || k == 31234 || k == 39089 || k == 39092
}

// general are the kinds that are looked for before anybody asks: what counts
// most, without those that have a d tag and may be many.
var general = []nostr.Kind{
	0, 3, 10000, 10001, 10002, 10003, 10004, 10005, 10006, 10007, 10008, 10009, 10012, 10013, 10015, 10019, 10020, 10030,
	10050, 10051, 10063, 10096, 10101, 10102,
}

// D is the d tag that names an addressable event; other kinds have none.
func D(k nostr.Kind, tags nostr.Tags) string {
	if !k.IsAddressable() {
		return ""
	}
	return tags.TagValue("d")
}

// Slot names what an event of an author replaces.
func Slot(author nostr.PubKey, k nostr.Kind, d string) [32]byte {
	b := append([]byte("privyseal slot 1"), author[:]...)
	b = binary.BigEndian.AppendUint16(b, uint16(k))
	return sha256.Sum256(append(b, d...))
}
