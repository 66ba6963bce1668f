package brake

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Two refusals in a minute quiet, three mute, each time for longer (T30).
func TestRefusalsQuietAndMute(t *testing.T) {
	type step struct {
		after time.Duration
		want  time.Duration // of quiet that begins; 0: none
		muted bool
	}
	for name, steps := range map[string][]step{
		"one":           {{0, 0, false}},
		"two":           {{0, 0, false}, {59 * time.Second, 5 * time.Minute, false}},
		"two far apart": {{0, 0, false}, {time.Minute, 0, false}},
		"three":         {{0, 0, false}, {time.Second, 5 * time.Minute, false}, {time.Second, 10 * time.Minute, true}, {time.Second, 0, false}},
		"again": {{0, 0, false}, {time.Second, 5 * time.Minute, false},
			{6 * time.Minute, 0, false}, {time.Second, 10 * time.Minute, false},
			{11 * time.Minute, 0, false}, {time.Second, 20 * time.Minute, false},
			{21 * time.Minute, 0, false}, {time.Second, 40 * time.Minute, false},
			{41 * time.Minute, 0, false}, {time.Second, time.Hour, false},
			{61 * time.Minute, 0, false}, {time.Second, time.Hour, false},
			{3 * time.Hour, 0, false}, {time.Second, 5 * time.Minute, false}},
	} {
		var r Refusals
		now := t0
		for i, s := range steps {
			now = now.Add(s.after)
			until, muted := r.Denied("a", now)
			got := until.Sub(now)
			if until.IsZero() {
				got = 0
			}
			if got != s.want || muted != s.muted {
				t.Fatalf("%s, step %d: quiet for %v, muted %v; want %v, %v", name, i, got, muted, s.want, s.muted)
			}
			if s.want == 0 {
				continue
			}
			if _, m, yes := r.Quiet("a", now.Add(s.want-1)); !yes || m != s.muted {
				t.Fatalf("%s, step %d: not quiet until its end", name, i)
			}
			if _, _, yes := r.Quiet("a", now.Add(s.want)); yes {
				t.Fatalf("%s, step %d: quiet after its end", name, i)
			}
		}
	}
}

func TestRefusalsAreCleared(t *testing.T) {
	var r Refusals
	if r.Clear("a", t0) {
		t.Fatal("nothing to clear")
	}
	r.Denied("a", t0)
	r.Denied("a", t0)
	if _, _, other := r.Quiet("b", t0); other {
		t.Fatal("another app is quiet")
	}
	if !r.Clear("a", t0) {
		t.Fatal("it was quiet")
	}
	if _, _, yes := r.Quiet("a", t0); yes {
		t.Fatal("still quiet")
	}
	if until, _ := r.Denied("a", t0); !until.IsZero() {
		t.Fatal("what was before the yes counts")
	}
	if until := r.Tired("c", t0); until.Sub(t0) != firstCool {
		t.Fatalf("tired until %v", until)
	}
}

// Never longer than an hour, and never more kept than three times.
func TestRefusalsAreBounded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r Refusals
		now := t0
		for range rapid.IntRange(1, 100).Draw(t, "n") {
			now = now.Add(time.Duration(rapid.IntRange(0, 100).Draw(t, "s")) * time.Second)
			r.Denied("a", now)
			if until, _, yes := r.Quiet("a", now); yes && until.Sub(now) > longestCool {
				t.Fatalf("quiet for %v", until.Sub(now))
			}
			if n := len(r.apps["a"].lately); n > refusalsMute {
				t.Fatalf("%d refusals kept", n)
			}
		}
	})
}
