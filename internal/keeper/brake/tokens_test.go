package brake

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var t0 = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

// Whatever comes, no key gets more than its burst and its rate, and one key
// takes nothing from another.
func TestTokensKeepTheirRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Rate{PerSecond: float64(rapid.IntRange(1, 50).Draw(t, "rate")), Burst: rapid.IntRange(1, 20).Draw(t, "burst")}
		b := NewTokens(r, 8)
		now, got := t0, map[string]int{}
		for range rapid.IntRange(1, 200).Draw(t, "n") {
			now = now.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "ms")) * time.Millisecond)
			key := strconv.Itoa(rapid.IntRange(0, 3).Draw(t, "key"))
			left := b.Left(key, now)
			if took := b.Take(key, now); took != left {
				t.Fatalf("a token was left: %v, taken: %v", left, took)
			} else if took {
				got[key]++
			}
		}
		most := float64(r.Burst) + now.Sub(t0).Seconds()*r.PerSecond
		for key, n := range got {
			if float64(n) > most+1e-6 {
				t.Fatalf("key %s got %d of at most %v", key, n, most)
			}
		}
		if fresh := NewTokens(r, 8); !fresh.Take("x", now) || !b.Take("never seen", now) {
			t.Fatal("a new key has no token")
		}
	})
}

func TestTokensAreBounded(t *testing.T) {
	b := NewTokens(Rate{1, 1}, 16)
	for i := range 10_000 {
		b.Take(strconv.Itoa(i), t0)
		b.Take("kept", t0) // in use, so it is not forgotten
	}
	if n := len(b.young) + len(b.older); n > 2*16 {
		t.Fatalf("%d keys are remembered", n)
	}
	if b.Take("kept", t0) {
		t.Fatal("a key in use was forgotten and got a full bucket")
	}
}

func TestTokensAreSetAndCleared(t *testing.T) {
	b := NewTokens(Rate{}, 4)
	if b.Take("a", t0) {
		t.Fatal("the zero rate let something through")
	}
	b.Set(Rate{1, 2}, t0)
	t1 := t0.Add(10 * time.Second)
	for i, want := range []bool{true, true, false} {
		if b.Take("a", t1) != want {
			t.Fatalf("token %d of a burst of two", i)
		}
	}
	b.Clear("a")
	if !b.Take("a", t1) {
		t.Fatal("not cleared")
	}
}
