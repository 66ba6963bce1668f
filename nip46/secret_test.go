package nip46

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
)

func TestNewSecret(t *testing.T) {
	seen := make(map[string]bool)
	used := make(map[rune]bool)
	for range 200 {
		s, err := NewSecret(rand.Reader)
		if err != nil || !regexp.MustCompile(`^[A-Za-z0-9]{32}$`).MatchString(s) || seen[s] {
			t.Fatalf("got a secret of %d bytes, seen before: %t, %v", len(s), seen[s], err)
		}
		seen[s] = true
		for _, r := range s {
			used[r] = true
		}
	}
	if len(used) != 62 {
		t.Errorf("%d of 62 letters and digits came up", len(used))
	}
}

// Values that would favour some letters are drawn again, whatever the size of
// the reads.
func TestNewSecretRejects(t *testing.T) {
	draws := bytes.Repeat([]byte{62, 63, 0, 61, 255, 254}, 32)
	got, err := NewSecret(iotest.OneByteReader(bytes.NewReader(draws)))
	if want := strings.Repeat("A9", 16); err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
}

func TestNewSecretFails(t *testing.T) {
	broken := errors.New("broken")
	if s, err := NewSecret(iotest.ErrReader(broken)); s != "" || !errors.Is(err, broken) {
		t.Errorf("got %q, %v", s, err)
	}
	if s, err := NewSecret(strings.NewReader("short")); s != "" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %q, %v", s, err)
	}
}

func TestSecretEqual(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"abc", "abc", true},
		{"abc", "abd", false},
		{"abc", "ab", false},
		{"abc", "ABC", false},
		{"abc", "", false},
		{"", "abc", false},
		{"", "", false},
	} {
		if got := SecretEqual(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: got %t", c.a, c.b, got)
		}
	}
}
