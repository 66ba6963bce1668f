package words

import (
	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
)

// Codes of what a brake did: put one in a decision's Reason, with the rule
// "builtin:" and the code.
const (
	BulkRead  = "bulk-read"  // it wants to open many private texts at once
	Quiet     = "quiet"      // it was told no too often, and may not ask for a while
	TooFast   = "too-fast"   // it sends more than its rate
	NewThing  = "new-thing"  // it never did this
	NewPerson = "new-person" // it never had to do with this person
	OddHour   = "odd-hour"   // it is never active at this hour
	Burst     = "burst"      // it does ten times as much as usual
)

// BulkPrompt is the one question about an app that opens many private texts;
// the count, which grows while it is open, is [Catalogue.BulkLine].
func (c *Catalogue) BulkPrompt(app privyseal.App, id privyseal.Identity) Prompt {
	p := Prompt{
		ID: "ask." + BulkRead, Level: privyseal.L3, SafeFirst: true,
		Title: c.say("bulk", "app", c.appName(&app)),
		Lines: []string{c.say("bulk-paused"), c.say("bulk-old")},
		Yes:   c.say("bulk-yes"), No: c.say("bulk-no"), Lasts: []string{c.say("hour")},
	}
	p.Lines = append(p.Lines, c.from(&effect.Effect{}, &app)...)
	if name := short(id.Name); name != "" {
		p.Lines = append(p.Lines, c.say("account", "name", name))
	}
	return p
}

// BulkTitle is the title of that question with the count in it.
func (c *Catalogue) BulkTitle(app privyseal.App, texts, people int) string {
	return c.say("bulk-so-far", "app", c.appName(&app), "n", c.number(int64(texts)), "people", c.count("person", int64(people)))
}

// BulkLine says how much an app wanted to read so far.
func (c *Catalogue) BulkLine(texts, people int) string {
	return c.say("bulk-line", "messages", c.count("message", int64(texts)), "people", c.count("person", int64(people)))
}

// Brake says what a brake holds back, and the command that lets the app of that
// name go on.
func (c *Catalogue) Brake(code, name string) (said, fix string) {
	switch code {
	case BulkRead:
		said = c.say("brake-bulk")
	case Quiet:
		said = c.say("brake-quiet")
	case TooFast:
		said = c.say("brake-fast")
	}
	return said, Resume(name)
}

// BrakeLine says that, with the command, in one line.
func (c *Catalogue) BrakeLine(code, name string) string {
	said, fix := c.Brake(code, name)
	return c.say("brake-go-on", "said", said, "fix", fix)
}
