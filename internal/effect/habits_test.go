package effect_test

import (
	"slices"
	"testing"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nostr"
)

type nostrRequest = privyseal.Request

// The pace lifts what is shown, and never what a consent is held against.
func TestPaces(t *testing.T) {
	recent := func(n int) effect.Facts {
		f := facts()
		f.Recent = func(nostr.Kind, time.Duration) int { return n }
		return f
	}
	unknown := facts()
	unknown.Recent = nil
	for name, c := range map[string]struct {
		r       *nostrRequest
		f       effect.Facts
		level   string
		reasons string
	}{
		"tenth note":            {event(1, "gm"), recent(9), "L1", ""},
		"eleventh note":         {event(1, "gm"), recent(10), "L2", "often"},
		"eleventh comment":      {event(1111, "gm"), recent(10), "L2", "often"},
		"notes not counted":     {event(1, "gm"), unknown, "L2", "uncounted"},
		"thirtieth reaction":    {event(7, "+"), recent(29), "L1", ""},
		"thirty-first reaction": {event(7, "+"), recent(30), "L2", "often"},
		"third report":          {event(1984, "", "p "+bea.String()+" spam"), recent(2), "L2", ""},
		"fourth report":         {event(1984, "", "p "+bea.String()+" spam"), recent(3), "L3", "often"},
		"fifth tip":             {event(9734, "", "p "+bea.String(), "amount 1000"), recent(4), "L2", ""},
		"sixth tip":             {event(9734, "", "p "+bea.String(), "amount 1000"), recent(5), "L3", "often"},
		"articles have no pace": {event(30023, "x"), func() effect.Facts { f := recent(99); f.HeadState = effect.HeadNone; return f }(), "L1", ""},
	} {
		e := effect.Of(c.r, c.f)
		if e.Level.String() != c.level || codes(e) != c.reasons || e.Base != effect.RuleOf(c.r.Template.Kind).Level {
			t.Errorf("%s: %v on %v, %q", name, e.Level, e.Base, codes(e))
		}
	}
}

// How often is counted over the span that the number is meant for.
func TestSpansOfPaces(t *testing.T) {
	for kind, want := range map[nostr.Kind]time.Duration{1: time.Hour, 7: time.Minute, 1984: 24 * time.Hour, 9734: time.Hour} {
		f := facts()
		f.Recent = func(k nostr.Kind, within time.Duration) int {
			if k != kind || within != want {
				t.Errorf("kind %d: kind %d within %v", kind, k, within)
			}
			return 0
		}
		effect.Of(event(kind, "+", "p "+bea.String(), "amount 1000"), f)
	}
}

func TestStrangers(t *testing.T) {
	strange := facts()
	strange.Known, strange.KnownHost, strange.RelayListed, strange.Voted = nil, nil, nil, nil
	before := strange
	before.Head = head(10002, "", "r wss://a.example")
	for name, c := range map[string]struct {
		r       *nostrRequest
		f       effect.Facts
		level   string
		reasons string
	}{
		"old message to a stranger": {event(4, "x", "p "+bea.String()), strange, "L3", "unseen leaks-receiver stranger"},
		"old message to a friend":   {event(4, "x", "p "+bea.String()), facts(), "L2", "unseen leaks-receiver"},
		"photo at a new host":       {event(20, "", "imeta url https://new.example/a.png"), strange, "L2", "new-host"},
		"photo at a known host":     {event(20, "", "imeta url https://f.example/a.png"), facts(), "L1", ""},
		"file at a new host":        {event(1063, "", "url https://new.example/a.png"), strange, "L2", "new-host"},
		"upload to a new host":      {event(24242, "", "t upload", "x ab", "server https://new.example", "expiration 1777636900"), strange, "L2", "new-host"},
		"a new place":               {event(10002, "", "r wss://a.example", "r wss://b.example"), before, "L3", "new-place"},
		"a place that is no place":  {event(10002, "", "r wss://a.example", "r b"), before, "L3", "new-place"},
		"a vote":                    {event(1018, "", "e p0", "response 1"), facts(), "L2", ""},
		"a vote, others not known":  {event(1018, "", "e p0", "response 1"), strange, "L2", "voted-maybe"},
	} {
		e := effect.Of(c.r, c.f)
		if e.Level.String() != c.level || codes(e) != c.reasons {
			t.Errorf("%s: %v, %q", name, e.Level, codes(e))
		}
	}
}

// What is about another event shows it, when that is at hand.
func TestWhatIsAtHand(t *testing.T) {
	f := facts()
	f.Voted = func(poll string) bool { return poll == "p0" }
	f.Find = func(ref string) *nostr.Event {
		switch ref {
		case "p0":
			return head(1068, "?", "option", "option 1 Tea", "option 2 Coffee", "option 2", "label 2 Coffees")
		case "n0":
			return head(1, "gm, coffee is ready")
		case "30023:ab:x":
			return head(30023, "Once", "title Tale")
		case "c0":
			return head(3, "")
		}
		return nil
	}
	if e := effect.Of(event(1018, "", "e p0", "response 2", "response 9"), f); e.Summary.Option != "Coffee, 9" || codes(e) != "voted" {
		t.Errorf("%q, %q", e.Summary.Option, codes(e))
	}
	e := effect.Of(event(5, "", "e n0", "e lost", "a 30023:ab:x"), f)
	if got := e.Summary.Gone; len(got) != 2 || got[0].Value != "gm, coffee is ready" || got[1].Value != "Tale" || e.Summary.Items != 3 || e.Guard != "" {
		t.Errorf("%+v guard %q", e.Summary, e.Guard)
	}
	if e := effect.Of(event(5, "", "e c0"), f); e.Guard != effect.ReasonCore {
		t.Errorf("a follow list goes, guard %q", e.Guard)
	}
}

func TestHostsAndPolls(t *testing.T) {
	for name, c := range map[string]struct {
		r     *nostrRequest
		hosts []string
		poll  string
	}{
		"web":    {event(27235, "", "u https://Zap.Kitchen:443/a", "method GET"), []string{"zap.kitchen"}, ""},
		"files":  {event(24242, "", "server f.example", "server https://g.example/"), []string{"f.example", "g.example"}, ""},
		"relay":  {event(22242, "", "relay wss://Mine.example/"), []string{"mine.example"}, ""},
		"photo":  {event(20, "", "imeta url https://f.example/a.png", "imeta m image/png"), []string{"f.example"}, ""},
		"note":   {event(1, "https://f.example", "r https://f.example"), nil, ""},
		"a vote": {event(1018, "", "e p0"), nil, "p0"},
		"a like": {event(7, "+", "e p0"), nil, ""},
		"data":   {event(30078, "", "url https://f.example"), nil, ""},
		"none":   {event(27235, "", "u http://zap.kitchen"), nil, ""},
	} {
		if got, poll := effect.Hosts(c.r.Template), effect.Poll(c.r.Template); !slices.Equal(got, c.hosts) || poll != c.poll {
			t.Errorf("%s: %q, %q", name, got, poll)
		}
	}
}
