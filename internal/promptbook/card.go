package promptbook

import (
	"strings"

	"github.com/privyseal/privyseal/internal/words"
)

// Card is a page as JSON.
type Card struct {
	Name     string         `json:"name"`
	Section  string         `json:"section"`
	Lang     string         `json:"lang"`
	ID       string         `json:"id"`
	Level    string         `json:"level"`
	Kind     *int           `json:"kind,omitempty"`
	Title    string         `json:"title"`
	Quote    string         `json:"quote,omitempty"`
	Lines    []string       `json:"lines"`
	Lasts    []string       `json:"lasts,omitempty"`
	Type     string         `json:"type,omitempty"`
	Yes      string         `json:"yes"`
	No       string         `json:"no"`
	SafeIs   string         `json:"safe"`
	Reasons  []string       `json:"reasons,omitempty"`
	Guard    string         `json:"guard,omitempty"`
	Blocked  string         `json:"blocked,omitempty"`
	Details  []words.Detail `json:"details"`
	Undoable bool           `json:"undoable"`
	Final    bool           `json:"final"`
}

// Cards are pages as JSON, in a language.
func Cards(c *words.Catalogue, pages []Page) []Card {
	out := make([]Card, len(pages))
	for i := range pages {
		page := &pages[i]
		p, e := page.Prompt(c), page.Effect()
		out[i] = Card{
			Name: page.Name, Section: page.Section, Lang: c.Lang(), ID: p.ID, Level: p.Level.String(),
			Title: p.Title, Quote: p.Quote, Lines: p.Lines, Lasts: p.Lasts, Type: p.Type, Yes: p.Yes, No: p.No, SafeIs: p.No,
			Guard: e.Guard, Blocked: e.Blocked, Details: p.Details, Undoable: e.Undo, Final: e.Final,
		}
		if e.Kind >= 0 {
			out[i].Kind = &e.Kind
		}
		for _, r := range e.Reasons {
			out[i].Reasons = append(out[i].Reasons, r.Code)
		}
	}
	return out
}

// Holds reports whether a page's name or words hold a text, in any case.
func (p *Page) Holds(c *words.Catalogue, text string) bool {
	if text == "" {
		return true
	}
	q := p.Prompt(c)
	all := strings.Join(append([]string{p.Name, p.Section, q.ID, q.Title, q.Quote}, q.Lines...), "\n")
	return strings.Contains(strings.ToLower(all), strings.ToLower(text))
}
