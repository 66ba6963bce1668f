package promptbook

import (
	"fmt"
	"io"
	"strings"

	"github.com/privyseal/privyseal/internal/words"
)

// Text writes the book for a terminal, in the order of reading; details are for
// those who look.
func Text(w io.Writer, c *words.Catalogue, pages []Page, details bool) error {
	section := ""
	for i := range pages {
		p := &pages[i]
		if p.Section != section {
			section = p.Section
			if _, err := fmt.Fprintf(w, "# %s\n\n", section); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(w, "== %s\n%s\n", p.Name, Show(p.Prompt(c), details)); err != nil {
			return err
		}
	}
	return nil
}

// Show is one prompt as a terminal shows it.
func Show(p words.Prompt, details bool) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n  %s\n", p.Level, p.ID, p.Title)
	if p.Quote != "" {
		fmt.Fprintf(&b, "    | %s\n", p.Quote)
	}
	for _, l := range p.Lines {
		fmt.Fprintf(&b, "  %s\n", l)
	}
	if len(p.Lasts) > 0 {
		fmt.Fprintf(&b, "  (%s)\n", strings.Join(p.Lasts, " / "))
	}
	bs := p.Buttons()
	fmt.Fprintf(&b, "  [%s] [%s]\n", bs[0], bs[1])
	if details {
		for _, d := range p.Details {
			fmt.Fprintf(&b, "    %s: %s\n", d.Name, d.Value)
		}
	}
	return b.String()
}
