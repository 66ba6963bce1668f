package words

import (
	"strings"

	"github.com/privyseal/privyseal"
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
// the count, which grows while it is open, is [BulkLine].
func BulkPrompt(app privyseal.App, id privyseal.Identity) Prompt {
	p := Prompt{
		ID: "ask." + BulkRead, Level: privyseal.L3,
		Title: appName(&app) + " wants to read many private messages.",
		Lines: []string{"We have paused it.", "Old messages may be among them."},
		Yes:   "Let it read for 1 hour", No: "Stop it",
	}
	if name := short(id.Name); name != "" {
		p.Lines = append(p.Lines, "Your account: "+name+".")
	}
	return p
}

// BulkLine says how much an app wanted to read so far.
func BulkLine(texts, people int) string {
	return plural(texts, "message") + " so far, with " + plural(people, "person") + "."
}

func plural(n int, one string) string {
	switch {
	case n == 1:
		return "1 " + one
	case one == "person":
		return number(int64(n)) + " people"
	}
	return number(int64(n)) + " " + one + "s"
}

// Brake says what a brake holds back, and the command that lets the app of that
// name go on.
func Brake(code, name string) (said, fix string) {
	said = map[string]string{
		BulkRead: "Stopped: it wanted to read many private messages at once.",
		Quiet:    "Kept quiet for a while: it was told no too often.",
		TooFast:  "Slowed down: it sends too much at once.",
	}[code]
	if name = clean(name, maxClaim); strings.Contains(name, " ") {
		name = "\"" + name + "\""
	}
	return said, "privyseal apps resume " + name
}
