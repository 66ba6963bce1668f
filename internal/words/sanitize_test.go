package words_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/privyseal/privyseal/internal/words"
)

func TestSanitize(t *testing.T) {
	for _, c := range []struct {
		in     string
		max    int
		out    string
		hidden int
	}{
		{"", 10, "", 0},
		{"gm", 10, "gm", 0},
		{"gm", 2, "gm", 0},
		{"gmm", 2, "g…", 0},
		{"gm", 0, "", 0},
		{"a\nb\r\n\tc", 10, "a b c", 0},
		{"  a  ", 10, "a", 0},
		{"\x1b[31mred\x1b]0;title\x07", 40, "[31mred]0;title", 3},
		{"pay \u202eevil\u202c", 40, "pay evil", 2},
		{"a\u200bb\u2060c\ufeff", 40, "abc", 3},
		{"a\u0085b\u2028c", 40, "a b c", 0},
		{"bad \xff\xfe", 40, "bad", 2},
		{"👨\u200d👩\u200d👧 ❤\ufe0f", 40, "👨\u200d👩\u200d👧 ❤\ufe0f", 0},
		{"1\ufe0f\u20e3", 40, "1\ufe0f\u20e3", 0},
		{"a\u200db", 40, "ab", 1},
		{"e\u0301", 40, "e\u0301", 0},
		{"e" + strings.Repeat("\u0301", 50), 40, "e\u0301\u0301\u0301", 47},
		{"\u0301x", 40, "x", 1},
		{"\u3164\u2800name", 40, "name", 2},
		{"\U000e0041\U000e0042x", 40, "x", 2},
		{"مرحبا", 40, "مرحبا", 0},
	} {
		out, hidden := words.Sanitize(c.in, c.max)
		if out != c.out || hidden != c.hidden {
			t.Errorf("%q: %q, %d hidden; want %q, %d", c.in, out, hidden, c.out, c.hidden)
		}
	}
}

// T43, T45: nothing that moves a cursor, turns the text round or cannot be
// seen gets through.
func FuzzSanitize(f *testing.F) {
	for _, s := range []string{"gm", "\x1b]8;;http://x\x07", "\u202e\u2066", "\xff\u200d👩", strings.Repeat("é ", 200)} {
		f.Add(s, 20)
	}
	f.Fuzz(func(t *testing.T, s string, limit int) {
		limit %= 400
		out, hidden := words.Sanitize(s, limit)
		if !utf8.ValidString(out) || utf8.RuneCountInString(out) > max(0, limit) || hidden < 0 {
			t.Fatalf("%q, %d", out, hidden)
		}
		for _, r := range out {
			if unicode.IsControl(r) || r != '\u200d' && unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%U got through in %q", r, out)
			}
		}
		if again, n := words.Sanitize(out, limit); again != out || n != 0 {
			t.Fatalf("%q changes again to %q, %d", out, again, n)
		}
	})
}

func TestNamesAreClaims(t *testing.T) {
	app := coracle()
	app.Claimed.Name = "\"Bank\u202e\" wants\nnothing. \x1b[2JAnd a very long name that goes on"
	if p := prompt(app, event(1, "hi")); p.Title != `"Bank wants nothing." wants to post this for everyone to see:` {
		t.Errorf("%q", p.Title)
	}
	app.Label = "My phone"
	if p := prompt(app, event(1, "hi")); p.Title != "My phone wants to post this for everyone to see:" {
		t.Errorf("%q", p.Title)
	}
}

// T17, T37: a long host shows its end, where its owner is.
func TestLongHostsShowTheirEnd(t *testing.T) {
	p := prompt(coracle(), event(27235, "", "u|https://accounts.bank.example."+strings.Repeat("a", 60)+".evil.example/", "method|GET"))
	if !strings.Contains(p.Title, "a.evil.example as you") || strings.Contains(p.Title, "bank") {
		t.Errorf("%q", p.Title)
	}
}
