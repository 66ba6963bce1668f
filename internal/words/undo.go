package words

import (
	"strings"
	"time"

	"github.com/privyseal/privyseal/internal/effect"
)

// CanUndo ends the receipt of a change that can be undone.
func (c *Catalogue) CanUndo() string { return c.say("can-undo") }

// Undo tells what it does to put an earlier version back: e is that version
// weighed against the one that counts now, d how they differ.
func (c *Catalogue) Undo(e effect.Effect, d effect.Change, stamp time.Time) (title string, lines []string) {
	stamp = stamp.UTC()
	title = c.say("undo-title", "date", c.day(stamp, time.Time{}), "hour", stamp.Format("15:04"))
	switch s := e.Summary; {
	case s.Known && s.Added+s.Removed > 0:
		lines = append(lines, c.comesAndGoes(s.Added, s.Removed),
			c.say("undo-now", "before", c.number(int64(s.Before)), "n", c.number(int64(s.Items))))
	case d.Added+d.Removed > 0:
		lines = append(lines, c.comesAndGoes(d.Added, d.Removed))
	}
	for _, f := range d.Fields {
		lines = append(lines, c.say("undo-field", "field", clean(f.Name, maxName), "old", c.said(f.From), "new", c.said(f.To)))
	}
	if d.Text {
		lines = append(lines, c.say("undo-text"))
	}
	if len(lines) == 0 {
		lines = append(lines, c.say("undo-same"))
	}
	return title, append(lines, c.say("undo-kept"))
}

func (c *Catalogue) comesAndGoes(comes, goes int) string {
	return c.say("undo-counts", "comes", c.count("comes", int64(comes)), "goes", c.count("goes", int64(goes)))
}

func (c *Catalogue) said(s string) string {
	if s = strings.TrimSpace(clean(s, maxClaim)); s == "" {
		return c.say("nothing")
	}
	return c.quoted(s)
}
