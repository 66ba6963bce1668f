package nostr

import (
	"crypto/sha256"
	"slices"
	"strconv"
	"sync"

	"github.com/privyseal/privyseal/nostr/schnorr"
)

// serials holds the buffers in which events are serialised to be hashed.
var serials = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

// ComputeID hashes the event's canonical serialisation (NIP-01). The ID field
// is not looked at.
func (e *Event) ComputeID() ID {
	p := serials.Get().(*[]byte)
	b := append((*p)[:0], "[0,"...)
	b = appendHex(b, e.PubKey[:])
	b = append(b, ',')
	b = strconv.AppendInt(b, e.CreatedAt, 10)
	b = append(b, ',')
	b = strconv.AppendUint(b, uint64(e.Kind), 10)
	b = append(b, ',')
	b = appendTags(b, e.Tags)
	b = append(b, ',')
	b = appendString(b, e.Content)
	b = append(b, ']')
	id := ID(sha256.Sum256(b))
	if *p = b; cap(b) <= keepScratch {
		serials.Put(p)
	}
	return id
}

// Verify checks that the id is the event's hash and the signature the author's
// over it. The errors are [ErrBadID] and [ErrBadSignature].
func (e *Event) Verify() error {
	if e.ComputeID() != e.ID {
		return ErrBadID
	}
	if !schnorr.Default.Verify((*[32]byte)(&e.PubKey), (*[32]byte)(&e.ID), (*[64]byte)(&e.Sig)) {
		return ErrBadSignature
	}
	return nil
}

// AppendJSON appends the event as compact JSON, with the keys in the order of NIP-01.
func (e *Event) AppendJSON(dst []byte) []byte {
	dst = slices.Grow(dst, len(e.Content)+512) // the rest of most events, with few escapes
	dst = append(dst, `{"id":`...)
	dst = appendHex(dst, e.ID[:])
	dst = append(dst, `,"pubkey":`...)
	dst = appendHex(dst, e.PubKey[:])
	dst = append(dst, `,"created_at":`...)
	dst = strconv.AppendInt(dst, e.CreatedAt, 10)
	dst = append(dst, `,"kind":`...)
	dst = strconv.AppendUint(dst, uint64(e.Kind), 10)
	dst = append(dst, `,"tags":`...)
	dst = appendTags(dst, e.Tags)
	dst = append(dst, `,"content":`...)
	dst = appendString(dst, e.Content)
	dst = append(dst, `,"sig":`...)
	dst = appendHex(dst, e.Sig[:])
	return append(dst, '}')
}

// MarshalJSON is [Event.AppendJSON].
func (e Event) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil), nil }

// UnmarshalJSON is [ParseEvent].
func (e *Event) UnmarshalJSON(b []byte) error {
	parsed, err := ParseEvent(b)
	if err != nil {
		return err
	}
	*e = *parsed
	return nil
}

// TagValue is the second element of the first tag with that name, or "".
func (t Tags) TagValue(name string) string {
	for _, tag := range t {
		if len(tag) > 0 && tag[0] == name {
			if len(tag) > 1 {
				return tag[1]
			}
			return ""
		}
	}
	return ""
}
