package tips_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/privyseal/privyseal/internal/keeper/tips"
	"github.com/privyseal/privyseal/nostr"
)

// From BOLT 11: a description hash; and an invoice with a description.
const (
	cake   = "lnbc20m1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygshp58yjmdan79s6qqdhdzgynm4zwqd5d7xmw5fk98klysy043l2ahrqspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqfppqw508d6qejxtdg4y5r3zarvary0c5xw7kepvrhrm9s57hejg0p662ur5j5cr03890fa7k2pypgttmh4897d3raaq85a293e9jpuqwl0rnfuwzam7yr8e690nd2ypcq9hlkdwdvycqa0qza8"
	coffee = "lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven09sam30g4vgpfna3rh"
	slices = "One piece of chocolate cake, one icecream cone, one pickle, one slice of swiss cheese, one slice of salami, one lollypop, one piece of cherry pie, one sausage, one cupcake, and one slice of watermelon"
)

func TestDescriptionHash(t *testing.T) {
	want := sha256.Sum256([]byte(slices))
	for name, invoice := range map[string]string{"as it is": cake, "in capitals": strings.ToUpper(cake)} {
		if got, ok := tips.DescriptionHash(invoice); !ok || got != want {
			t.Errorf("%s: %s, %v", name, hex.EncodeToString(got[:]), ok)
		}
	}
	for name, invoice := range map[string]string{
		"a description": coffee, "nothing": "", "no separator": "lnbc", "cut": cake[:150], "another letter": strings.Replace(cake, "pvj", "pbj", 1),
		"too long": cake + strings.Repeat("q", 5000),
	} {
		if got, ok := tips.DescriptionHash(invoice); ok {
			t.Errorf("%s: %x", name, got)
		}
	}
}

// A payee is named only when the bill points to a tip of the last minutes.
func TestPayee(t *testing.T) {
	now, bea := time.Unix(1_790_000_000, 0), nostr.PubKey{1}
	var b tips.Book
	if _, ok := b.Payee(cake, now); ok {
		t.Fatal("nobody asked")
	}
	b.Asked(sha256.Sum256([]byte(slices)), bea, now)
	if pk, ok := b.Payee(cake, now.Add(10*time.Minute)); !ok || pk != bea {
		t.Fatalf("%v, %v", pk, ok)
	}
	if _, ok := b.Payee(coffee, now); ok {
		t.Fatal("another bill")
	}
	if _, ok := b.Payee(cake, now.Add(10*time.Minute+time.Second)); ok {
		t.Fatal("for ever")
	}
	for i := range 1000 { // what is kept is bounded
		b.Asked([32]byte{byte(i), byte(i >> 8), 1}, bea, now)
	}
	b.Asked(sha256.Sum256([]byte(slices)), bea, now)
	if _, ok := b.Payee(cake, now); !ok {
		t.Fatal("the last one is forgotten")
	}
}

func FuzzDescriptionHash(f *testing.F) {
	for _, s := range []string{cake, coffee, "", "lnbc1", strings.ToUpper(cake)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lower, okLower := tips.DescriptionHash(strings.ToLower(s))
		if got, ok := tips.DescriptionHash(s); ok && (!okLower || got != lower) {
			t.Fatalf("%q differs in lower case", s)
		}
	})
}
