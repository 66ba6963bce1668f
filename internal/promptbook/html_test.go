package promptbook_test

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/privyseal/privyseal/internal/promptbook"
	"github.com/privyseal/privyseal/internal/words"
)

// A page runs nothing, loads nothing, and what an app wrote stays text.
func TestHTMLIsStrict(t *testing.T) {
	for _, lang := range words.Languages() {
		var b strings.Builder
		if err := promptbook.HTML(&b, words.In(lang), append(promptbook.Pages(), hostileTo("markup", attacks["markup"])...)); err != nil {
			t.Fatal(err)
		}
		page := b.String()
		if strings.Contains(page, "ZgotmplZ") || !strings.Contains(page, `content="default-src &#39;none&#39;; style-src &#39;sha256-`) {
			t.Errorf("%s: the policy or the style is not as made", lang)
		}
		if !strings.Contains(page, "&lt;script&gt;alert(1)&lt;/script&gt;") {
			t.Errorf("%s: the attack is not shown as text", lang)
		}
		wellFormed(t, page)
	}
}

// allowed are the elements and attributes of a page.
var allowed = strings.Fields("html head meta title style body h1 h2 h3 p nav ul li a section article header blockquote div span details summary dl dt dd " +
	"lang charset http-equiv content name id class href")

// wellFormed checks that every tag closes, that every element and attribute is
// harmless, and that every anchor is there once and leads within the page.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Entity = xml.HTMLEntity
	ids, links := map[string]int{}, map[string]bool{}
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if e, ok := tok.(xml.StartElement); ok {
			if !slices.Contains(allowed, e.Name.Local) {
				t.Errorf("an element %q", e.Name.Local)
			}
			for _, a := range e.Attr {
				if !slices.Contains(allowed, a.Name.Local) || a.Name.Local == "href" && a.Value[0] != '#' {
					t.Errorf("%s: an attribute %s=%q", e.Name.Local, a.Name.Local, a.Value)
				}
				switch a.Name.Local {
				case "id":
					ids[a.Value]++
				case "href":
					links[strings.TrimPrefix(a.Value, "#")] = true
				}
			}
		}
	}
	for id, n := range ids {
		if n != 1 || !links[id] {
			t.Errorf("%q is there %d times", id, n)
		}
	}
}
