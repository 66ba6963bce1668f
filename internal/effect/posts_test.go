package effect_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nostr"
)

// A deletion of a profile, follows or posting places is known by the event that
// its id stands for, and by the kind it names.
func TestWhatADeletionTakes(t *testing.T) {
	for kind, core := range map[nostr.Kind]bool{0: true, 1: false, 3: true, 10000: false, 10002: true, 30023: false} {
		f := facts()
		f.Find = func(string) *nostr.Event { return &nostr.Event{Kind: kind} }
		for how, e := range map[string]effect.Effect{
			"by id":      effect.Of(event(5, "", "e x"), f),
			"by address": effect.Of(event(5, "", fmt.Sprintf("a %d:%s:", kind, me)), facts()),
			"by kind":    effect.Of(event(5, "", "e x", fmt.Sprint("k ", kind)), facts()),
		} {
			if got := strings.Contains(codes(e), effect.ReasonCore); got != core {
				t.Errorf("kind %d %s: %v, %q", kind, how, got, codes(e))
			}
		}
	}
}

// What a wallet keeps is known by its tags, with a value or without.
func TestWhatIsOpenedOfAWallet(t *testing.T) {
	for text, want := range map[string]effect.Act{
		`[["mint"]]`: effect.ActOpenWallet, `[["privkey","x"]]`: effect.ActOpenWallet, `[[]]`: effect.ActOpenList, `[["p"]]`: effect.ActOpenList,
	} {
		f := facts()
		f.Opened = &text
		if got := effect.Of(&privyseal.Request{Op: privyseal.OpNip44Decrypt, Peer: bea}, f).Act; got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// A report and a gift of ecash name whom they are about; what is written with the
// gift is shown.
func TestWhomAReportIsAbout(t *testing.T) {
	report, gift := effect.Of(event(1984, "", "p "+bea.String()+" spam"), facts()), effect.Of(event(9321, "hi", "p "+bea.String()), facts())
	if report.Person != bea || report.Summary.Title != "spam" || gift.Person != bea || !gift.Summary.Quote {
		t.Errorf("%+v, %+v", report, gift)
	}
}
