package audit_test

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/audit"
)

func TestParseCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := audit.Link(audit.Head{Seq: rapid.Uint64Range(0, 1<<62).Draw(t, "seq")}, records().Draw(t, "record"))
		b := audit.AppendCanonical(nil, &want)
		got, err := audit.ParseCanonical(b)
		want.Hash = [32]byte{}
		if err != nil || got != want {
			t.Fatalf("%v\n got %+v\nwant %+v", err, got, want)
		}
		cut := rapid.IntRange(0, len(b)-1).Draw(t, "cut")
		for what, spoiled := range map[string][]byte{
			"cut short": b[:cut], "a byte more": append(bytes.Clone(b), 0), "another version": append([]byte{2}, b[1:]...),
			"a longer length":  append([]byte{1, 0x88, 0}, b[2:]...),
			"a number too big": slices.Concat(b[:19], []byte{8, 0, 0, 0, 0, 0, 0, 1, 0}, b[28:]), // the phase
		} {
			if r, err := audit.ParseCanonical(spoiled); err == nil || r != (privyseal.Record{}) {
				t.Fatalf("%s: read as %+v", what, r)
			}
		}
	})
}

func FuzzParseCanonical(f *testing.F) {
	zero, full := audit.Link(audit.Head{}, privyseal.Record{}), privyseal.Record{
		Seq: 7, Trace: "t", Identity: "i", App: "a", Rule: "grant:g", Question: "q", Detail: "d", Kind: -1, Op: 3,
	}
	f.Add(audit.AppendCanonical(nil, &zero))
	f.Add(audit.AppendCanonical(nil, &full))
	f.Add([]byte{1, 8, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := audit.ParseCanonical(b)
		if err != nil {
			return
		}
		if again := audit.AppendCanonical(nil, &r); !bytes.Equal(again, b) {
			t.Fatalf("%x was read, and written as %x", b, again)
		}
	})
}
