package promptbook

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/privyseal/privyseal/internal/words"
)

//go:embed book.html
var bookHTML string

//go:embed book.css
var bookCSS string

var book = template.Must(template.New("book").Parse(bookHTML))

// HTML writes the book as one page that loads nothing and runs nothing: its
// style is within it, and no other is taken.
func HTML(w io.Writer, c *words.Catalogue, pages []Page) error {
	type card struct {
		Name, Anchor string
		Prompt       words.Prompt
		Buttons      [2]string
		Serious      bool
	}
	type section struct {
		Name  string
		Cards []card
	}
	var sections []section
	for i := range pages {
		p := &pages[i]
		if len(sections) == 0 || sections[len(sections)-1].Name != p.Section {
			sections = append(sections, section{Name: p.Section})
		}
		s, q := &sections[len(sections)-1], p.Prompt(c)
		s.Cards = append(s.Cards, card{p.Name, anchor(p.Name), q, q.Buttons(), q.SafeFirst})
	}
	hash := sha256.Sum256([]byte(bookCSS))
	return book.Execute(w, map[string]any{
		"Lang": lang(c), "Sections": sections, "Count": len(pages), "More": c.More(),
		"Style":  template.CSS(bookCSS), //nolint:gosec // our own file
		"Policy": fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'", base64.StdEncoding.EncodeToString(hash[:])),
	})
}

// lang is a language as HTML names it.
func lang(c *words.Catalogue) string {
	if c.Lang() == words.PseudoLang {
		return "en-x-pseudo"
	}
	return c.Lang()
}

func anchor(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(name))
}
