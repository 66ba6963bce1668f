package nostr

import (
	"strings"
	"testing"
)

// kilobyte is the JSON of an event of about 1 KB, such as a NIP-46 request.
func kilobyte(t testing.TB) []byte {
	t.Helper()
	tpl := &Template{CreatedAt: 1700000000, Kind: 24133, Tags: Tags{{"p", strings.Repeat("ab", 32)}, {"t", "x"}}, Content: strings.Repeat("QUJDRE", 100)}
	e, err := tpl.Sign(testKeypair(t), false)
	if err != nil {
		t.Fatal(err)
	}
	return e.AppendJSON(nil)
}

func BenchmarkParseEvent(b *testing.B) {
	in := kilobyte(b)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseEvent(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseEventEscaped(b *testing.B) {
	in := []byte(strings.Replace(string(kilobyte(b)), strings.Repeat("QUJDRE", 100), strings.Repeat(`line\n\u00e9\"q\" `, 37), 1))
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseEvent(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseRelayMessage(b *testing.B) {
	in := []byte(`["EVENT","subscription",` + string(kilobyte(b)) + `]`)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseRelayMessage(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseFilter2100(b *testing.B) {
	in := []byte(`{"kinds":[24133],"#p":` + hexList(2100) + `}`)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseFilter(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	e, err := ParseEvent(kilobyte(b))
	if err != nil {
		b.Fatal(err)
	}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = e.AppendJSON(buf[:0])
	}
}

func BenchmarkComputeID(b *testing.B) {
	e, err := ParseEvent(kilobyte(b))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		e.ComputeID()
	}
}

func BenchmarkVerify(b *testing.B) {
	e, err := ParseEvent(kilobyte(b))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := e.Verify(); err != nil {
			b.Fatal(err)
		}
	}
}
