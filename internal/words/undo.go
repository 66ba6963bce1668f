package words

import (
	"strings"
	"time"

	"github.com/privyseal/privyseal/internal/effect"
)

// CanUndo ends the receipt of a change that can be undone.
const CanUndo = "You can undo this."

// Undo tells what it does to put an earlier version back: e is that version
// weighed against the one that counts now, c how they differ.
func Undo(e effect.Effect, c effect.Change, stamp time.Time) (title string, lines []string) {
	title = "This puts back the version of " + stamp.UTC().Format("2 January 2006, 15:04") + " UTC."
	switch s := e.Summary; {
	case s.Known && s.Added+s.Removed > 0:
		lines = append(lines, comes(s.Added)+", "+goes(s.Removed)+".",
			"You have "+number(int64(s.Before))+" now. After this you have "+number(int64(s.Items))+".")
	case c.Added+c.Removed > 0:
		lines = append(lines, comes(c.Added)+", "+goes(c.Removed)+".")
	}
	for _, f := range c.Fields {
		lines = append(lines, clean(f.Name, maxName)+": "+said(f.From)+" becomes "+said(f.To)+".")
	}
	if c.Text {
		lines = append(lines, "The text changes.")
	}
	if len(lines) == 0 {
		lines = append(lines, "It says the same as now.")
	}
	return title, append(lines, "We keep a copy of now. You can undo this too.")
}

func comes(n int) string {
	if n == 1 {
		return "1 comes back"
	}
	return number(int64(n)) + " come back"
}

func goes(n int) string {
	if n == 1 {
		return "1 goes"
	}
	return number(int64(n)) + " go"
}

func said(s string) string {
	if s = strings.TrimSpace(clean(s, maxClaim)); s == "" {
		return "nothing"
	}
	return `"` + s + `"`
}
