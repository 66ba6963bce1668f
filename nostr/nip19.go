package nostr

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// Profile is what an nprofile holds (NIP-19). The relays are hints, as they
// came: ASCII, not checked further.
type Profile struct {
	PubKey PubKey
	Relays []string
}

// EventPointer is what an nevent holds (NIP-19). Author and Kind are nil when
// they were left out.
type EventPointer struct {
	ID     ID
	Relays []string
	Author *PubKey
	Kind   *Kind
}

// Address is what an naddr holds (NIP-19): an addressable or, with an empty
// Identifier, a replaceable event.
type Address struct {
	Identifier string // of the d tag
	PubKey     PubKey
	Kind       Kind
	Relays     []string
}

// The types of NIP-19's TLVs.
const (
	tlvSpecial = 0
	tlvRelay   = 1
	tlvAuthor  = 2
	tlvKind    = 3
)

const (
	errNote     malformed = "not a valid note"
	errNprofile malformed = "not a valid nprofile"
	errNevent   malformed = "not a valid nevent"
	errNaddr    malformed = "not a valid naddr"
)

// Npub is the key in bech32 (NIP-19).
func (pk PubKey) Npub() string { return EncodeBech32("npub", pk[:]) }

// Note is the id in bech32 (NIP-19).
func (id ID) Note() string { return EncodeBech32("note", id[:]) }

// Nprofile is the profile in bech32 (NIP-19). Relays of more than 255 bytes do
// not fit and are left out.
func (p Profile) Nprofile() string {
	b := append([]byte{tlvSpecial, 32}, p.PubKey[:]...)
	for _, relay := range p.Relays {
		if len(relay) <= math.MaxUint8 {
			b = append(b, tlvRelay, byte(len(relay)))
			b = append(b, relay...)
		}
	}
	return EncodeBech32("nprofile", b)
}

// ParseNote decodes a note.
func ParseNote(s string) (ID, error) {
	hrp, b, err := DecodeBech32(s)
	if err != nil || hrp != "note" || len(b) != 32 {
		return ID{}, errNote
	}
	return ID(b), nil
}

// ParseNprofile decodes an nprofile.
func ParseNprofile(s string) (Profile, error) {
	t, ok := parseTLV(s, "nprofile")
	if !ok || len(t.special) != 32 {
		return Profile{}, errNprofile
	}
	return Profile{PubKey: PubKey(t.special), Relays: t.relays}, nil
}

// ParseNevent decodes an nevent.
func ParseNevent(s string) (EventPointer, error) {
	t, ok := parseTLV(s, "nevent")
	if !ok || len(t.special) != 32 {
		return EventPointer{}, errNevent
	}
	return EventPointer{ID: ID(t.special), Relays: t.relays, Author: t.author, Kind: t.kind}, nil
}

// ParseNaddr decodes an naddr.
func ParseNaddr(s string) (Address, error) {
	t, ok := parseTLV(s, "naddr")
	if !ok || t.special == nil || t.author == nil || t.kind == nil || !utf8.Valid(t.special) {
		return Address{}, errNaddr
	}
	return Address{Identifier: string(t.special), PubKey: *t.author, Kind: *t.kind, Relays: t.relays}, nil
}

// tlvs are the values NIP-19 knows.
type tlvs struct {
	special []byte // nil when missing
	relays  []string
	author  *PubKey
	kind    *Kind
}

// parseTLV decodes bech32 with that prefix and its TLVs. Unknown types are
// ignored; a cut value, one of the wrong form, or a second value of a type that
// stands once is refused.
func parseTLV(s, prefix string) (t tlvs, ok bool) {
	hrp, b, err := DecodeBech32(s)
	if err != nil || hrp != prefix {
		return tlvs{}, false
	}
	for len(b) > 0 {
		if len(b) < 2 || len(b) < 2+int(b[1]) {
			return tlvs{}, false
		}
		typ, v := b[0], b[2:2+int(b[1])]
		b = b[2+len(v):]
		switch typ {
		case tlvSpecial:
			if t.special != nil {
				return tlvs{}, false
			}
			t.special = v
		case tlvRelay:
			if !ascii(v) {
				return tlvs{}, false
			}
			t.relays = append(t.relays, string(v))
		case tlvAuthor:
			if t.author != nil || len(v) != 32 {
				return tlvs{}, false
			}
			t.author = new(PubKey(v))
		case tlvKind:
			if t.kind != nil || len(v) != 4 || binary.BigEndian.Uint32(v) > math.MaxUint16 {
				return tlvs{}, false
			}
			t.kind = new(Kind(binary.BigEndian.Uint32(v)))
		}
	}
	return t, true
}

// ascii reports whether b is printable ASCII without spaces.
func ascii(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}
