package brake

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/privyseal/privyseal/nostr"
)

func key(n int) (k nostr.PubKey) { k[0], k[1] = byte(n), byte(n>>8); return k }

func what(n int) [32]byte { return key(n) }

// What brakes, and after how many texts (words.md 3.5).
func TestReadingBrakes(t *testing.T) {
	for name, test := range map[string]struct {
		n, people int
		every     time.Duration
		c         Consent
		first     int // the text that is braked, from 1; 0: none
	}{
		"twenty of one":       {20, 1, 0, ConsentNone, 0},
		"twenty-one of one":   {21, 1, 0, ConsentNone, 21},
		"three people":        {9, 3, 0, ConsentNone, 0},
		"four people":         {4, 4, 0, ConsentNone, 4},
		"slowly":              {100, 1, 3 * time.Second, ConsentNone, 0},
		"people slowly":       {40, 40, 20 * time.Second, ConsentNone, 0},
		"people a bit slowly": {40, 40, 19 * time.Second, ConsentNone, 4},
		"openly":              {600, 600, 0, ConsentOpen, 0},
		"openly, too many":    {601, 1, 0, ConsentOpen, 601},
		"openly, slowly":      {5000, 9, 6 * time.Second, ConsentOpen, 0},
		"named":               {5000, 200, 0, ConsentNamed, 0},
	} {
		var r Reading
		first := 0
		for i := range test.n {
			if r.Opens("a", key(i%test.people), what(i), test.c, t0.Add(time.Duration(i)*test.every)) && first == 0 {
				first = i + 1
			}
		}
		if first != test.first {
			t.Errorf("%s: braked at %d, want %d", name, first, test.first)
		}
		n, braked := r.Braked("a")
		if braked != (test.first > 0) || braked && n.Texts != test.n {
			t.Errorf("%s: braked %v with %+v", name, braked, n)
		}
		if r.Clear("a") != braked {
			t.Errorf("%s: cleared", name)
		}
		if _, braked := r.Braked("a"); braked || r.Opens("a", key(1), what(1), ConsentNone, t0) {
			t.Errorf("%s: still braked", name)
		}
	}
}

func TestReadingCountsOneTextOnce(t *testing.T) {
	var r Reading
	for range 500 {
		if r.Opens("a", key(1), what(1), ConsentNone, t0) {
			t.Fatal("the same text again is no more texts")
		}
	}
}

// A braked app stays braked, whatever it has besides, until it is cleared; a
// named consent passes.
func TestReadingStaysBraked(t *testing.T) {
	var r Reading
	r.Brake("a")
	if !r.Opens("a", key(1), what(1), ConsentNone, t0) || !r.Opens("a", key(1), what(2), ConsentOpen, t0.Add(time.Hour)) {
		t.Fatal("not braked")
	}
	if r.Opens("a", key(1), what(3), ConsentNamed, t0) {
		t.Fatal("what names the person or a number is braked")
	}
	if n, _ := r.Braked("a"); n != (Reads{2, 1}) {
		t.Fatalf("%+v", n)
	}
}

func TestReadingIsBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r Reading
		now := t0
		for i := range rapid.IntRange(1, 300).Draw(t, "n") {
			now = now.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "s")) * time.Second)
			r.Opens("a", key(rapid.IntRange(0, 100).Draw(t, "who")), what(i), Consent(rapid.IntRange(0, 2).Draw(t, "c")), now)
			a := r.apps["a"]
			if len(a.asked) > readTexts || len(a.who) > readPeople || len(a.people) > readSampled {
				t.Fatalf("%d texts, %d and %d people kept", len(a.asked), len(a.who), len(a.people))
			}
		}
	})
}
