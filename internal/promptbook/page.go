package promptbook

import (
	"slices"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/words"
)

// Page is one question of the book.
type Page struct {
	Name    string // unique in the book
	Section string
	Request *privyseal.Request
	App     privyseal.App
	Account privyseal.Identity
	Facts   effect.Facts

	prompt func(*Page, *words.Catalogue) words.Prompt // of what is no request
}

// Effect is what the page's request would do.
func (p *Page) Effect() effect.Effect {
	f := p.Facts
	f.App = p.App
	return effect.Of(p.Request, f)
}

// Prompt is the question, in a language.
func (p *Page) Prompt(c *words.Catalogue) words.Prompt {
	if p.prompt != nil {
		return p.prompt(p, c)
	}
	return c.Render(p.Effect(), p.App, p.Account, p.Request)
}

// Pages is the book: samples first, then states, operations and kinds.
func Pages() []Page {
	return slices.Concat(samples(), states(), blocks(), operations(), kinds())
}
