package words

import (
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
)

// Render is [Catalogue.Render] in English.
func Render(e effect.Effect, app privyseal.App, id privyseal.Identity, r *privyseal.Request) Prompt {
	return English.Render(e, app, id, r)
}

// Grant is [Catalogue.Grant] in English.
func Grant(g privyseal.Grant) string { return English.Grant(g) }

// Rule is [Catalogue.Rule] in English.
func Rule(d privyseal.Decision) string { return English.Rule(d) }

// Receipt is [Catalogue.Receipt] in English.
func Receipt(rec privyseal.Record) string { return English.Receipt(rec) }

// BulkPrompt is [Catalogue.BulkPrompt] in English.
func BulkPrompt(app privyseal.App, id privyseal.Identity) Prompt { return English.BulkPrompt(app, id) }

// BulkLine is [Catalogue.BulkLine] in English.
func BulkLine(texts, people int) string { return English.BulkLine(texts, people) }

// Brake is [Catalogue.Brake] in English.
func Brake(code, name string) (said, fix string) { return English.Brake(code, name) }

// Would is [Catalogue.Would] in English.
func Would(v privyseal.Verdict) string { return English.Would(v) }

// Origin is [Catalogue.Origin] in English.
func Origin(origin string) string { return English.Origin(origin) }

// May is [Catalogue.May] in English.
func May(preset string, grants []privyseal.Grant) []Said { return English.May(preset, grants) }

// PolicyHead is [Catalogue.PolicyHead] in English.
func PolicyHead() []string { return English.PolicyHead() }

// PolicyApp is [Catalogue.PolicyApp] in English.
func PolicyApp(identity string, connected time.Time) string {
	return English.PolicyApp(identity, connected)
}

// Idle is [Catalogue.Idle] in English.
func Idle(g privyseal.Grant) string { return English.Idle(g) }

// LearnLeft is [Catalogue.LearnLeft] in English.
func LearnLeft(why string, times int) string { return English.LearnLeft(why, times) }

// LearntReady is [Catalogue.LearntReady] in English.
func LearntReady(name string) (said, fix string) { return English.LearntReady(name) }

// GroupPrompt is [Catalogue.GroupPrompt] in English.
func GroupPrompt(app privyseal.App, n int) Prompt { return English.GroupPrompt(app, n) }

// CanUndo is [Catalogue.CanUndo] in English.
const CanUndo = "You can undo this."

// Undo is [Catalogue.Undo] in English.
func Undo(e effect.Effect, d effect.Change, stamp time.Time) (title string, lines []string) {
	return English.Undo(e, d, stamp)
}

// FirstYes is [Catalogue.FirstYes] in English.
func FirstYes(by string) string { return English.FirstYes(by) }

// Waits is [Catalogue.Waits] in English.
func Waits(by string, until time.Time) (line, stop string) { return English.Waits(by, until) }
