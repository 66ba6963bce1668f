package audit_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/audit"
)

func hashes() *rapid.Generator[[32]byte] {
	return rapid.Custom(func(t *rapid.T) (h [32]byte) {
		copy(h[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "hash"))
		return h
	})
}

func records() *rapid.Generator[privyseal.Record] {
	text := rapid.String()
	when := rapid.Custom(func(t *rapid.T) time.Time {
		return time.UnixMilli(rapid.Int64Range(0, 1<<45).Draw(t, "ms"))
	})
	return rapid.Custom(func(t *rapid.T) privyseal.Record {
		return privyseal.Record{
			Time: when.Draw(t, "time"), Phase: privyseal.Phase(rapid.IntRange(0, 3).Draw(t, "phase")),
			Trace: text.Draw(t, "trace"), Identity: text.Draw(t, "identity"), App: text.Draw(t, "app"),
			Client: hashes().Draw(t, "client"), Event: hashes().Draw(t, "event"),
			Op: privyseal.Operation(rapid.IntRange(0, 10).Draw(t, "op")), Kind: rapid.IntRange(-1, 65535).Draw(t, "kind"),
			What: hashes().Draw(t, "what"), Verdict: privyseal.Verdict(rapid.IntRange(0, 2).Draw(t, "verdict")),
			Level: privyseal.Level(rapid.IntRange(0, 5).Draw(t, "level")), Rule: text.Draw(t, "rule"),
			Given: when.Draw(t, "given"), Question: text.Draw(t, "question"),
			Outcome: privyseal.Outcome(rapid.IntRange(0, 4).Draw(t, "outcome")), Result: hashes().Draw(t, "result"),
			Detail: text.Draw(t, "detail"),
		}
	})
}

func link(bodies ...privyseal.Record) (chain []privyseal.Record, head audit.Head) {
	for _, r := range bodies {
		r = audit.Link(head, r)
		head = audit.Head{Seq: r.Seq, Hash: r.Hash}
		chain = append(chain, r)
	}
	return chain, head
}

func verify(chain []privyseal.Record, kept audit.Head, checkpoints ...audit.Head) []audit.Finding {
	v := audit.NewVerifier(audit.Head{}, checkpoints)
	for _, r := range chain {
		v.Add(r)
	}
	findings, _ := v.Finish(kept)
	return findings
}

// change alters one field of a record, whatever its type.
func change(r *privyseal.Record, field int) {
	switch f := reflect.ValueOf(r).Elem().Field(field); f.Kind() {
	case reflect.String:
		f.SetString(f.String() + "x")
	case reflect.Uint8, reflect.Uint64:
		f.SetUint(f.Uint() + 1)
	case reflect.Int:
		f.SetInt(f.Int() + 1)
	case reflect.Array:
		f.Index(31).SetUint(f.Index(31).Uint() ^ 1)
	case reflect.Struct:
		f.Set(reflect.ValueOf(f.Interface().(time.Time).Add(time.Millisecond)))
	default:
		panic("a field of a kind that this test does not know")
	}
}

func has(findings []audit.Finding, seq uint64, faults ...audit.Fault) bool {
	return slices.ContainsFunc(findings, func(f audit.Finding) bool {
		return f.Seq == seq && slices.Contains(faults, f.Fault) && strings.Contains(f.Text, fmt.Sprint(seq))
	})
}

// TestTampering: an untouched chain is clean; whatever is done to it is found,
// named, and the first problem is the first finding (T60).
func TestTampering(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		chain, head := link(rapid.SliceOfN(records(), 2, 12).Draw(t, "records")...)
		if f := verify(chain, head, audit.Head{Seq: chain[1].Seq, Hash: chain[1].Hash}); len(f) > 0 {
			t.Fatalf("untouched: %v", f)
		}
		i := rapid.IntRange(0, len(chain)-1).Draw(t, "where")
		seq := chain[i].Seq
		how := rapid.SampledFrom([]string{"edit", "remove", "swap", "truncate", "repeat", "replace", "rewrite"}).Draw(t, "how")
		var want []audit.Fault
		var checks []audit.Head
		switch how {
		case "edit":
			field := rapid.IntRange(0, reflect.TypeFor[privyseal.Record]().NumField()-1).Draw(t, "field")
			change(&chain[i], field)
			seq, want = chain[i].Seq, []audit.Fault{audit.FaultEdited}
		case "remove":
			chain = slices.Delete(chain, i, i+1)
			want = []audit.Fault{audit.FaultRemoved}
			if i == len(chain) {
				want = []audit.Fault{audit.FaultCut}
			}
		case "swap":
			j := rapid.IntRange(0, len(chain)-1).Filter(func(j int) bool { return j != i }).Draw(t, "with")
			chain[i], chain[j] = chain[j], chain[i]
			seq, want = chain[max(i, j)].Seq, []audit.Fault{audit.FaultReordered}
		case "truncate":
			chain = chain[:i]
			want = []audit.Fault{audit.FaultCut}
		case "repeat":
			chain = slices.Insert(chain, rapid.IntRange(i, len(chain)).Draw(t, "at"), chain[i])
			want = []audit.Fault{audit.FaultRepeated}
		case "replace": // with a sound record of the same number
			other := chain[i]
			change(&other, 4)
			change(&other, 3)
			other.Hash = audit.Sum(&other)
			chain[i] = other
			want = []audit.Fault{audit.FaultUnlinked, audit.FaultRewritten}
			if i < len(chain)-1 {
				seq++ // the one after does not follow
			}
		case "rewrite": // all that follows too, and the head: only a checkpoint knows
			checks = []audit.Head{head}
			rest := slices.Clone(chain[i:])
			change(&rest[0], 5)
			chain, head = link(append(slices.Clone(chain[:i]), rest...)...)
			seq, want = head.Seq, []audit.Fault{audit.FaultRewritten}
			if f := verify(chain, head); len(f) > 0 {
				t.Fatalf("without a checkpoint: %v", f)
			}
		}
		found := verify(chain, head, checks...)
		if !has(found, seq, want...) {
			t.Fatalf("%s at %d: found %v, want %v", how, seq, found, want)
		}
		if !slices.IsSortedFunc(found, func(a, b audit.Finding) int { return int(a.Seq) - int(b.Seq) }) {
			t.Fatalf("findings out of order: %v", found)
		}
		if how == "edit" && chain[i].Seq == uint64(i+1) && len(found) != 1 && i < len(chain)-1 {
			t.Fatalf("one edit, many findings: %v", found)
		}
	})
}

func TestOldCopy(t *testing.T) {
	chain, head := link(make([]privyseal.Record, 9)...)
	older := audit.Head{Seq: chain[4].Seq, Hash: chain[4].Hash}
	found := verify(chain[:5], older, head)
	if len(found) != 1 || !has(found, 6, audit.FaultCut) {
		t.Fatalf("an old copy with its own head: %v", found)
	}
	found = verify(chain, older)
	if len(found) != 1 || !has(found, 9, audit.FaultRewritten) {
		t.Fatalf("records behind the head: %v", found)
	}
	if found = verify(nil, audit.Head{}); len(found) > 0 {
		t.Fatalf("an empty chain: %v", found)
	}
}

// TestFrom verifies only what comes after a trusted head.
func TestFrom(t *testing.T) {
	chain, head := link(make([]privyseal.Record, 9)...)
	start := audit.Head{Seq: 4, Hash: chain[3].Hash}
	for name, c := range map[string]struct {
		after audit.Head
		clean bool
	}{"right": {start, true}, "wrong hash": {audit.Head{Seq: 4, Hash: [32]byte{1}}, false}, "wrong number": {audit.Head{Seq: 3, Hash: start.Hash}, false}} {
		v := audit.NewVerifier(c.after, []audit.Head{{Seq: 2}, head})
		for _, r := range chain[4:] {
			v.Add(r)
		}
		if found, _ := v.Finish(head); (len(found) == 0) != c.clean {
			t.Errorf("%s: %v", name, found)
		}
	}
}

func TestManyFindings(t *testing.T) {
	chain, head := link(make([]privyseal.Record, audit.MaxFindings+50)...)
	v := audit.NewVerifier(audit.Head{}, nil)
	for _, r := range chain {
		r.Detail = "edited"
		v.Add(r)
	}
	found, more := v.Finish(head)
	if len(found) != audit.MaxFindings || more != 50 || found[0].Seq != 1 {
		t.Fatalf("%d findings and %d more", len(found), more)
	}
}

// TestCanonical freezes the serialisation: a change would break every chain.
func TestCanonical(t *testing.T) {
	r := audit.Link(audit.Head{Seq: 41, Hash: [32]byte{1}}, privyseal.Record{
		Time: time.Unix(1_790_000_000, 123_456_789), Phase: privyseal.PhaseDone, Trace: "t", Identity: "i", App: "a",
		Op: privyseal.OpSignEvent, Kind: -1, Verdict: privyseal.Allow, Level: privyseal.L1, Rule: "grant:g",
		Outcome: privyseal.Allowed, Detail: "d",
	})
	zeros := strings.Repeat("00", 32)
	want := "01" + "08000000000000002a" + "08000001a0c4506c7b" + "080000000000000002" + "0174" + "0169" + "0161" +
		"20" + zeros + "20" + zeros + "080000000000000002" + "08ffffffffffffffff" + "20" + zeros +
		"080000000000000002" + "080000000000000002" + "076772616e743a67" + "080000000000000000" + "00" +
		"080000000000000001" + "20" + zeros + "0164"
	got := audit.AppendCanonical(nil, &r)
	if hex.EncodeToString(got) != want {
		t.Fatalf("got  %x\nwant %s", got, want)
	}
	if r.Hash != sha256.Sum256(append(append([]byte{}, r.Prev[:]...), got...)) {
		t.Fatal("the hash is not SHA-256 of the previous hash and the canonical form")
	}
	if !r.Time.Equal(time.UnixMilli(1_790_000_000_123)) || r.Seq != 42 || r.Prev != [32]byte{1} {
		t.Fatalf("linked: %+v", r)
	}
}

func TestFaultNames(t *testing.T) {
	seen := map[string]bool{}
	for f := audit.FaultUnknown; f <= audit.FaultRewritten; f++ {
		if seen[f.String()] {
			t.Errorf("%d has another's name %q", f, f)
		}
		seen[f.String()] = true
	}
}
