package promptbook_test

import (
	"slices"
	"testing"

	"github.com/privyseal/privyseal/internal/promptbook"
	"github.com/privyseal/privyseal/internal/words"
)

// The eight samples that set the bar for all wording come out of real requests,
// word for word but for two that say as much: "all that" for "everything" (H,
// school grade), and how long on a line of its own.
func TestTheEightSamples(t *testing.T) {
	want := map[string]struct {
		title   string
		quote   string
		lines   []string
		buttons [2]string
		lasts   string // the one chosen at first
	}{
		"A post": {
			title: "Coracle wants to post this for everyone to see:", quote: "gm, coffee is ready",
			buttons: [2]string{"Post it", "Don't post"},
			lasts:   "Remember for 30 days: Coracle may post notes for you",
		},
		"B follow list, most of it gone": {
			title:   "Coracle wants to change who you follow: 312 people would be removed, 1 added.",
			lines:   []string{"You follow 340 people now. After this you follow 29.", "We keep a copy. You can undo this.", "To go on, type 312."},
			buttons: [2]string{"Keep my list", "Remove 312 people"}, lasts: "Just this time",
		},
		"C profile, tips and bio": {
			title: "Snort wants to change your profile.",
			lines: []string{
				"Tips would go to a different wallet: was ana@home.example, now x9@pay.example.",
				"Your picture stays. Your bio would be erased.", "We keep a copy. You can undo this.",
			},
			buttons: [2]string{"Keep my profile", "Change it"}, lasts: "Just this time",
		},
		"D log in": {
			title: "Zap Kitchen wants to log in to zap.kitchen as you.", lines: []string{"It asked from zap.kitchen (checked)."},
			buttons: [2]string{"Log in", "Don't log in"}, lasts: "Just this time",
		},
		"E read a chat": {
			title: "An app we can't check wants to read your private chat with Bea.", lines: []string{`It calls itself "Damus". We can't check that.`},
			buttons: [2]string{"Don't share", "Share this one message"}, lasts: "Just this time",
		},
		"F read many messages": {
			title: "Amethyst wants to read many private messages: 48 so far, with 9 people.", lines: []string{"We have paused it.", "Old messages may be among them."},
			buttons: [2]string{"Stop it", "Let it read for 1 hour"}, lasts: "For 1 hour",
		},
		"G pay": {
			title: "Alby Go wants to pay 2,100 sats to Bea from your wallet.", lines: []string{"Left for today: 7,900 sats."},
			buttons: [2]string{"Don't pay", "Pay 2,100 sats"}, lasts: "Just this time",
		},
		"H vanish": {
			title: `Blocked. "Fun Quiz" tried to erase all that you ever posted. Nothing was sent.`, lines: []string{"Apps never need this."},
			buttons: [2]string{"Stop this app", "More details"},
		},
	}
	seen := 0
	for _, page := range promptbook.Pages() {
		w, ok := want[page.Name]
		if !ok {
			continue
		}
		seen++
		p := page.Prompt(words.English)
		usual := ""
		if len(p.Lasts) > 0 {
			usual = p.Lasts[max(0, slices.Index(p.Remember, p.Usual))]
		}
		if p.Title != w.title || p.Quote != w.quote || !slices.Equal(p.Lines, w.lines) || p.Buttons() != w.buttons || usual != w.lasts {
			t.Errorf("%s:\n%s usual: %q", page.Name, promptbook.Show(p, false), usual)
		}
	}
	if seen != len(want) {
		t.Errorf("%d of %d samples", seen, len(want))
	}
}

// Sample G names somebody only when a tip asked for lately says who it is.
func TestThePayeeIsNamedOnlyByATip(t *testing.T) {
	for _, page := range promptbook.Pages() {
		if page.Name != "G pay" {
			continue
		}
		page.Facts.Payee = nil
		if got := page.Prompt(words.English).Title; got != "Alby Go wants to pay 2,100 sats from your wallet." {
			t.Errorf("%q", got)
		}
	}
}
