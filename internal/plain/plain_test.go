package plain

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// slowly is what Prefix says, byte by byte.
func slowly(b []byte) int {
	for i, c := range b {
		if c < 0x20 || c == '"' || c == '\\' {
			return i
		}
	}
	return len(b)
}

func TestPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := bytes.Repeat([]byte{rapid.SampledFrom([]byte("a \x7f\x80\xff!#[]")).Draw(t, "fill")}, rapid.IntRange(0, 200).Draw(t, "length"))
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			if len(b) > 0 {
				b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
			}
		}
		from := rapid.IntRange(0, len(b)).Draw(t, "from")
		b = b[from:]
		want := slowly(b)
		if got := Prefix(b); got != want {
			t.Fatalf("%q: %d, not %d", b, got, want)
		}
		if got := Prefix(string(b)); got != want {
			t.Fatalf("%q as a string: %d, not %d", b, got, want)
		}
		if got := prefixGo(b); got != want {
			t.Fatalf("%q in Go: %d, not %d", b, got, want)
		}
	})
}

// Every byte, at every place of what is looked at together.
func TestEachByte(t *testing.T) {
	for c := range 256 {
		for at := range 70 {
			b := bytes.Repeat([]byte("é"), 50)
			b[at] = byte(c)
			if got, want := Prefix(b), slowly(b); got != want {
				t.Fatalf("%#x at %d: %d, not %d", c, at, got, want)
			}
		}
	}
}

func BenchmarkPrefix(b *testing.B) {
	for _, n := range []int{8, 64, 1024, 4096} {
		text := bytes.Repeat([]byte("a"), n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for b.Loop() {
				Prefix(text)
			}
		})
	}
}
