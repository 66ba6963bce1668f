package audit

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/privyseal/privyseal"
)

// Fault is what is wrong with a chain. The zero value is unknown.
type Fault uint8

// The faults a [Verifier] finds.
const (
	FaultUnknown   Fault = iota
	FaultEdited          // a record does not have the hash it must have
	FaultUnlinked        // a record is sound but does not follow from the one before
	FaultRemoved         // records are missing between two others
	FaultReordered       // a record comes after a later one
	FaultRepeated        // a record comes twice
	FaultCut             // the chain ends before its head or a checkpoint
	FaultRewritten       // a record is not the one a head or checkpoint names
)

// String is a stable code for the fault.
func (f Fault) String() string {
	switch f {
	case FaultEdited:
		return "edited"
	case FaultUnlinked:
		return "unlinked"
	case FaultRemoved:
		return "removed"
	case FaultReordered:
		return "reordered"
	case FaultRepeated:
		return "repeated"
	case FaultCut:
		return "cut"
	case FaultRewritten:
		return "rewritten"
	case FaultUnknown:
	}
	return "unknown"
}

// Finding is one problem: the record it is about and what it means, in one
// plain sentence.
type Finding struct {
	Fault Fault
	Seq   uint64
	Text  string
}

// MaxFindings is how many findings a [Verifier] keeps; more are only counted.
const MaxFindings = 1000

// Verifier walks a chain record by record and gathers what is wrong with it.
// Make one with [NewVerifier].
type Verifier struct {
	last     Head     // the last record in its place, as stored
	computed [32]byte // its hash as computed
	checks   []Head   // by sequence
	gaps     []gap
	stray    map[uint64]bool // edited records out of their place
	findings []Finding
	more     int
}

type gap struct{ from, to uint64 }

func (g gap) String() string {
	if g.from == g.to {
		return fmt.Sprintf("Record %d is", g.from)
	}
	return fmt.Sprintf("Records %d to %d are", g.from, g.to)
}

// NewVerifier starts after a trusted head (the zero Head: at the first record).
// The checkpoints are heads whose signatures were checked; see
// [VerifyCheckpoint]. Those at or before the start are not looked at.
func NewVerifier(after Head, checkpoints []Head) *Verifier {
	checks := slices.DeleteFunc(slices.Clone(checkpoints), func(h Head) bool { return h.Seq <= after.Seq })
	slices.SortFunc(checks, func(a, b Head) int { return cmp.Compare(a.Seq, b.Seq) })
	return &Verifier{last: after, computed: after.Hash, checks: checks, stray: map[uint64]bool{}}
}

// Add looks at the next record of the walk.
func (v *Verifier) Add(r privyseal.Record) {
	sum := Sum(&r)
	sound := sum == r.Hash
	if !sound {
		v.find(FaultEdited, r.Seq, "Record %d was changed after it was written.", r.Seq)
	}
	v.compare(r)
	next := v.last.Seq + 1
	switch {
	case r.Seq == next:
		if sound && r.Prev != v.last.Hash && r.Prev != v.computed {
			v.find(FaultUnlinked, r.Seq, "Record %d does not follow from record %d: one of the two was replaced.", r.Seq, v.last.Seq)
		}
	case !sound: // its number cannot be believed
		v.stray[r.Seq] = true
		return
	case r.Seq > next:
		v.gaps = append(v.gaps, gap{next, r.Seq - 1})
	case v.fill(r.Seq):
		v.find(FaultReordered, r.Seq, "Record %d comes after record %d: they were put in another order.", r.Seq, v.last.Seq)
		return
	default:
		v.find(FaultRepeated, r.Seq, "Record %d is there twice, or is older than where the check began.", r.Seq)
		return
	}
	v.last, v.computed = Head{r.Seq, r.Hash}, sum
}

// compare holds a record against the checkpoints that name it.
func (v *Verifier) compare(r privyseal.Record) {
	i, _ := slices.BinarySearchFunc(v.checks, r.Seq, func(h Head, seq uint64) int { return cmp.Compare(h.Seq, seq) })
	for ; i < len(v.checks) && v.checks[i].Seq == r.Seq; i++ {
		if v.checks[i].Hash != r.Hash {
			v.find(FaultRewritten, r.Seq, "Record %d is not the one that a signed checkpoint names: the chain was written anew.", r.Seq)
			return
		}
	}
}

// fill takes seq out of the gaps and reports whether it was in one.
func (v *Verifier) fill(seq uint64) bool {
	for i, g := range v.gaps {
		if seq < g.from || seq > g.to {
			continue
		}
		var rest []gap
		if g.from < seq {
			rest = append(rest, gap{g.from, seq - 1})
		}
		if seq < g.to {
			rest = append(rest, gap{seq + 1, g.to})
		}
		v.gaps = slices.Replace(v.gaps, i, i+1, rest...)
		return true
	}
	return false
}

// Finish ends the walk, compares its end with the head as it was kept, and
// answers the findings by sequence, first problem first; more is how many
// beyond [MaxFindings] there were.
func (v *Verifier) Finish(kept Head) (findings []Finding, more int) {
	for seq := range v.stray {
		v.fill(seq)
	}
	for _, g := range v.gaps {
		v.find(FaultRemoved, g.from, "%s missing.", g)
	}
	switch {
	case kept.Seq > v.last.Seq:
		v.find(FaultCut, v.last.Seq+1, "%s missing: the end of the chain was cut off.", gap{v.last.Seq + 1, kept.Seq})
	case kept.Seq < v.last.Seq:
		v.find(FaultRewritten, v.last.Seq, "The chain ends at record %d, but its head was record %d: records were added behind the signer's back.", v.last.Seq, kept.Seq)
	case kept.Hash != v.last.Hash:
		v.find(FaultRewritten, v.last.Seq, "Record %d is not the one that was kept as the head: the end was written anew.", v.last.Seq)
	}
	if n := len(v.checks); n > 0 && v.checks[n-1].Seq > max(v.last.Seq, kept.Seq) {
		v.find(FaultCut, v.last.Seq+1, "%s missing, though a checkpoint was signed there: the end was cut off, or an old copy was put in its place.", gap{v.last.Seq + 1, v.checks[n-1].Seq})
	}
	slices.SortStableFunc(v.findings, func(a, b Finding) int { return cmp.Compare(a.Seq, b.Seq) })
	return v.findings, v.more
}

func (v *Verifier) find(f Fault, seq uint64, format string, args ...any) {
	if len(v.findings) >= MaxFindings {
		v.more++
		return
	}
	v.findings = append(v.findings, Finding{f, seq, fmt.Sprintf(format, args...)})
}
