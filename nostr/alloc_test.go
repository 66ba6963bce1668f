//go:build !race

// Under the race detector sync.Pool drops at random, and counts mean nothing.

package nostr

import (
	"runtime"
	"strings"
	"testing"
)

// The allocations of the hot path cannot creep up.
func TestAllocations(t *testing.T) {
	in := kilobyte(t)
	e, err := ParseEvent(in)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 0, 4096)
	for _, c := range []struct {
		name string
		max  float64
		run  func()
	}{
		{"parse an event: itself, its text, its strings, its tags", 4, func() { _, _ = ParseEvent(in) }},
		{"append an event", 0, func() { buf = e.AppendJSON(buf[:0]) }},
		{"compute an id", 0, func() { e.ComputeID() }},
	} {
		if got := testing.AllocsPerRun(200, c.run); got > c.max {
			t.Errorf("%s: %v allocations, at most %v", c.name, got, c.max)
		}
	}
}

// What is refused costs no memory in proportion to what it claims (T29).
func TestRefusalAllocatesLittle(t *testing.T) {
	for name, in := range map[string]string{
		"too large":   strings.Repeat("x", MaxEventSize+1),
		"many tags":   `{"tags":[` + strings.Repeat(`["a"],`, 100000) + `[]]}`,
		"deep":        strings.Repeat(`{"a":`, 100000),
		"many values": `{"kinds":[` + strings.Repeat("1,", 200000) + `1]}`,
	} {
		b := []byte(in)
		if got := testing.AllocsPerRun(20, func() {
			_, _ = ParseEvent(b)
			_, _ = ParseTemplate(b)
			_, _ = ParseFilter(b)
		}); got > 60 {
			t.Errorf("%s: %v allocations", name, got)
		}
	}
}

// The most tags that are parsed cost a few times the bytes they came in.
func TestManyTagsCostLittle(t *testing.T) {
	e := kilobyte(t)
	tags := strings.TrimSuffix(strings.Repeat(`["p","","",""],`, MaxTags), ",")
	in := []byte(strings.Replace(string(e), `"tags":[`, `"tags":[`+tags+`],"x":[`, 1))
	if _, err := ParseEvent(in); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const times = 10
	for range times {
		_, _ = ParseEvent(in)
	}
	runtime.ReadMemStats(&after)
	if n := (after.TotalAlloc - before.TotalAlloc) / times; n > 20*uint64(len(in)) {
		t.Errorf("%d bytes for an event of %d", n, len(in))
	}
}
