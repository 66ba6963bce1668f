// Package anchor keeps a mark of how far a vault's record had come, outside the
// data directory, and judges a store by it: whoever puts an older copy of the
// data in place brings back revoked apps and spent links, and the chain of the
// copy is sound in itself (T58). It refuses to judge what it has no mark of,
// and to hold anything but the mark: no key, no name, no content.
package anchor

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/privyseal/privyseal/internal/audit"
	"github.com/privyseal/privyseal/nostr"
)

// Mark says how far a vault's record had come.
type Mark struct {
	Vault string     // the vault's id
	Epoch uint64     // counts restores and accepted older copies; the first is 1
	Head  audit.Head // the end of the chain
	Time  time.Time  // when it was made, to the second
	Proof string     // the event that signs it, as JSON; "": nobody did
}

// Errors of a place.
var (
	ErrNone    = errors.New("anchor: no mark of this vault")
	ErrSpoiled = errors.New("anchor: the mark was changed or damaged")
)

// VaultID names a vault outside its data directory: by its signer's
// announcement key, which every copy of it has and no change of passphrase
// alters.
func VaultID(announcer nostr.PubKey) string {
	sum := sha256.Sum256([]byte("privyseal vault\n" + announcer.String()))
	return hex.EncodeToString(sum[:16])
}

// Place keeps one mark a vault, outside the data directory. Its String names it
// for people, and tells it from every other place.
type Place interface {
	fmt.Stringer
	// Load reads a vault's mark; [ErrNone] when there is none, [ErrSpoiled] when
	// it is not as it was saved.
	Load(vault string) (Mark, error)
	// Save replaces a vault's mark: wholly and durably, or not at all.
	Save(Mark) error
}

// State is what a store is, beside its mark. The zero value is unknown.
type State uint8

// What a store may be.
const (
	Unknown State = iota
	Fits          // the record goes on from the mark
	Older         // an older copy: records made later are missing
	Other         // the record has another past than the mark
)

// String names the state.
func (s State) String() string {
	switch s {
	case Fits:
		return "fits"
	case Older:
		return "older"
	case Other:
		return "other"
	case Unknown:
	}
	return "unknown"
}

// Chain is a store's record as it is judged.
type Chain struct {
	Epoch uint64
	Head  audit.Head
	// Hash answers the hash of the record with a sequence up to the head's.
	Hash func(seq uint64) ([32]byte, error)
}

// Verdict is a judgement with its reason, one plain sentence ("" when it fits).
type Verdict struct {
	State State
	Text  string
}

// Bad reports whether the store must not be trusted with a key.
func (v Verdict) Bad() bool { return v.State != Fits }

// Judge holds a store's record against its mark. That a store says it is in a
// later epoch excuses nothing: whoever has the disk can write that. Whoever
// begins an epoch therefore marks it; a stop between the two leaves the store
// locked until a person accepts it again. An error is one of reading the record.
func Judge(m Mark, c Chain) (Verdict, error) {
	switch {
	case c.Epoch < m.Epoch:
		return Verdict{Older, fmt.Sprintf(
			"This is a copy from before a restore: the data was in epoch %d on %s, and here it is in epoch %d.",
			m.Epoch, day(m.Time), c.Epoch)}, nil
	case c.Head.Seq < m.Head.Seq:
		return Verdict{Older, fmt.Sprintf(
			"This is an older copy of the data: on %s its record had %d entries, and here it has %d.",
			day(m.Time), m.Head.Seq, c.Head.Seq)}, nil
	case m.Head.Seq == 0:
		return Verdict{State: Fits}, nil
	}
	hash, err := c.Hash(m.Head.Seq)
	if err != nil {
		return Verdict{}, err
	}
	if hash != m.Head.Hash {
		return Verdict{Other, fmt.Sprintf(
			"This data has another past: entry %d of its record is not the one that was there on %s.",
			m.Head.Seq, day(m.Time))}, nil
	}
	return Verdict{State: Fits}, nil
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
