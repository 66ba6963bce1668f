package effect_test

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nostr"
)

// levels is the table of the words catalogue: kinds and their level before any check.
const levels = `
L1 1 1111 11 9 42 24 20 21 22 1222 1063 3 6 16 7 17 1985 10000 1068 30023 30024 31234 30078 78
L1 10001 10003 10015 10030 30000 30003 30030 39089 39092 10008 30008 24242 4550 9021 9022
L1 30311 31922 31923 31924 31925 30315
L2 0 4 13 1984 9734 10002 10063 10096 1018 8 30009 27235 30402 30017 30018 30019 30020 1021
L2 31989 31990 30617 1617 5128 15128 35128
L3 5 14 15 1059 9735 13194 23195 23194 17375 7374 7375 7376 9321 10019 10050 10051 443
L3 9000 9001 9005 9030 8000 8001 2 31337 65535 20001
L4 62 24133
L0 22242`

func TestEveryKindOfTheCatalogueHasItsLevel(t *testing.T) {
	for line := range strings.Lines(strings.TrimSpace(levels)) {
		f := strings.Fields(line)
		for _, s := range f[1:] {
			var k nostr.Kind
			if _, err := fmt.Sscan(s, &k); err != nil {
				t.Fatal(err)
			}
			if got := effect.RuleOf(k).Level.String(); got != f[0] {
				t.Errorf("kind %d has %s, want %s", k, got, f[0])
			}
		}
	}
}

// The kinds of the table in the README of github.com/nostr-protocol/nips at
// db5fe3de, one or one range a line.
//
//go:embed testdata/nips-kinds.txt
var nipsKinds string

func TestEveryKindOfTheNIPsIsKnown(t *testing.T) {
	rows := 0
	for line := range strings.Lines(nipsKinds) {
		kinds, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		first, last, ranged := strings.Cut(kinds, "-")
		if !ranged {
			last = first
		}
		from, err := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		if err != nil || err2 != nil {
			t.Fatalf("%q", line)
		}
		rows++
		for k := from; k <= to; k++ {
			if effect.RuleOf(nostr.Kind(k)).Act == effect.ActUnknown {
				t.Errorf("kind %d (%s) is not known", k, name)
			}
		}
	}
	if rows < 170 {
		t.Errorf("only %d rows", rows)
	}
}

// shared says why kinds have a sentence in common. All others have their own.
var shared = map[effect.Act]string{
	effect.ActGroupRun:  "orders that NIP-29 leaves open",
	effect.ActGroupHost: "all that a group's host says about it (NIP-29)",
	effect.ActJobAsk:    "jobs of any sort (NIP-90): the service says which",
	effect.ActJobDone:   "their results",
}

func TestNoTwoKindsShareASentence(t *testing.T) {
	held, by := map[nostr.Kind]bool{}, map[effect.Act]int{}
	for _, r := range effect.Kinds() {
		if r.From > r.To || r.Act == effect.ActUnknown || r.Act == "" || r.Audience == effect.AudienceUnknown {
			t.Errorf("row %d–%d is of no use", r.From, r.To)
		}
		for k := int(r.From); k <= int(r.To); k++ {
			if held[nostr.Kind(k)] {
				t.Errorf("kind %d is in two rows", k)
			}
			held[nostr.Kind(k)] = true
			by[r.Act]++
		}
	}
	for act, n := range by {
		if (n > 1) != (shared[act] != "") {
			t.Errorf("%s is of %d kinds; the reason: %q", act, n, shared[act])
		}
	}
}
