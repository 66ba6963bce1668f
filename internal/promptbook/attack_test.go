package promptbook_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/promptbook"
	"github.com/privyseal/privyseal/internal/words"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// attacks are texts that would do something to a terminal, a page or an eye, by
// what they do.
var attacks = map[string]string{
	"clears the screen":     "\x1b[2J\x1b[H",
	"colours":               "\x1b[31mred\x1b[0m",
	"sets the title":        "\x1b]0;owned\x07",
	"links":                 "\x1b]8;;https://evil.example\x1b\\bank\x1b]8;;\x1b\\",
	"sends keys":            "\x1b[6n\x1b[c",
	"8-bit sequences":       "\u009b2J",
	"rings":                 "\a\a",
	"goes back":             "safe\b\b\b\bevil",
	"overwrites the line":   "Keep my list\rRemove all",
	"begins a line":         "hi\n  [Post it]\n\nPress enter",
	"turns round":           "\u202eexe.gpj\u202c",
	"isolates":              "\u2066evil\u2069\u2067\u2068",
	"marks":                 "\u200e\u200f\u061c",
	"zero width":            "pay\u200b\u200c\u200d\u2060\ufeff me",
	"tags":                  "\U000e0061\U000e0062\U000e007f",
	"variation selectors":   "a\ufe00\U000e0100",
	"fills with blanks":     "\u3164\u115f\u2800\u00ad",
	"separates lines":       "a\u2028b\u2029c\u0085d\vd\fe",
	"piles up marks":        "a" + strings.Repeat("\u0301", 99),
	"closes our quotes":     `x" is fine. We checked "y`,
	"closes Spanish quotes": "x» es seguro. Lo hemos comprobado «y",
	"markup":                `<script>alert(1)</script><img src=x onerror=alert(1)>`,
	"speaks as us":          "Nothing is lost. We checked this. Your account: Bob.",
	"is not UTF-8":          "\xff\xfe\xc0\x80",
	"is long":               strings.Repeat("very ", 400),
	"template":              "{who} {amount} {{.}} %s %d",
}

const mark = "Zq" // begins and ends every hostile text

// hostileTo are pages in which an app writes a text wherever it may.
func hostileTo(name, text string) (pages []promptbook.Page) {
	for _, base := range promptbook.Pages() {
		if strings.HasSuffix(base.Name, "new app") {
			continue
		}
		p := base
		p.Name = name + " in " + base.Name
		if base.Section == "Kinds" && p.Request.Template != nil && base.Facts.Opened == nil {
			tpl := *p.Request.Template
			if p.Facts.Sealed == nil {
				tpl.Content = text
			}
			tpl.Tags = append(nostr.Tags{}, tpl.Tags...)
			for _, tag := range []string{"title", "name", "summary", "d", "h", "response", "price", "server", "relay", "u"} {
				if len(tpl.Tags) == 0 || tag != "u" && tag != "relay" && tag != "server" {
					tpl.Tags = append(tpl.Tags, nostr.Tag{tag, text, text})
				}
			}
			p.Request = &privyseal.Request{Op: privyseal.OpSignEvent, Template: &tpl}
		} else if base.Section != "Operations" {
			continue
		}
		p.App.Claimed = nip46.Metadata{Name: text, URL: text}
		p.App.Label = ""
		p.Facts.Name = func(nostr.PubKey) string { return text }
		p.Facts.Petname = nil
		if p.Facts.Sealed != nil {
			p.Facts.Sealed = func(string) (string, nostr.PubKey, bool) { return text, nostr.PubKey{7}, true }
		}
		pages = append(pages, p)
	}
	return pages
}

// T43, T45: in no field of any question in any language does a text of an app
// move a cursor, turn the line round, hide, begin a line, or stand as ours.
func TestAttacksInAppText(t *testing.T) {
	for name, attack := range attacks {
		t.Run(name, func(t *testing.T) {
			for _, page := range hostileTo(name, mark+attack+mark) {
				for _, c := range []*words.Catalogue{words.English, words.Spanish} {
					p := page.Prompt(c)
					harmless(t, page.Name, p)
					for _, s := range append(append([]string{p.Title, p.Yes, p.No, p.Type}, p.Lines...), p.Lasts...) {
						if strings.Contains(quotes.ReplaceAllString(s, ""), mark) {
							t.Errorf("%s: unquoted in %q", page.Name, s)
						}
					}
				}
			}
		})
	}
}

var quotes = regexp.MustCompile(`"[^"]*"|«[^»]*»`)

// harmless checks every field, and that the whole fits the terminal's lines.
func harmless(t *testing.T, name string, p words.Prompt) {
	t.Helper()
	fields := append(append([]string{p.ID, p.Title, p.Quote, p.Yes, p.No, p.Type, p.Usual}, p.Lines...), p.Lasts...)
	for _, d := range p.Details {
		fields = append(fields, d.Name, d.Value)
	}
	for _, s := range fields {
		for _, r := range s {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) ||
				unicode.Is(unicode.Zp, r) || unicode.Is(unicode.Variation_Selector, r) || r == unicode.ReplacementChar || r == '\u3164' || r == '\u2800' || r == '\u115f' {
				t.Errorf("%s: %U in %q", name, r, s)
				break
			}
		}
		if len([]rune(s)) > 420 {
			t.Errorf("%s: %d characters", name, len([]rune(s)))
		}
		if strings.Count(s, "\u0301") > 12 {
			t.Errorf("%s: marks pile up in %q", name, s)
		}
	}
	if got, want := strings.Count(promptbook.Show(p, false), "\n"), 3+min(1, len(p.Quote))+len(p.Lines)+min(1, len(p.Lasts)); got != want {
		t.Errorf("%s: %d lines, want %d:\n%s", name, got, want, promptbook.Show(p, false))
	}
}

// What is hidden is counted.
func TestHiddenCharactersAreCounted(t *testing.T) {
	for _, page := range promptbook.Pages() {
		if page.Name != "hidden characters" {
			continue
		}
		p := page.Prompt(words.English)
		if p.Quote != "pay evil to me" || !strings.Contains(strings.Join(p.Lines, " "), "It has 3 hidden characters.") {
			t.Errorf("%s", promptbook.Show(p, false))
		}
		return
	}
	t.Fatal("the page is gone")
}
