package words

import "time"

// OpenedToAsk is the reason of a record that tells of a text that was opened in
// order to ask about it.
const OpenedToAsk = "opened-to-ask"

// Codes of what takes more than one yes: put one in a decision's Reason, with
// the rule "builtin:" and the code.
const (
	TwoPeople = "two-people" // two different people have to say yes
	Veto      = "veto"       // it is done some time after the yes; N is seconds
)

// FirstYes says that one of two people said yes.
func (c *Catalogue) FirstYes(by string) string {
	return c.say("first-yes", "who", c.quoted(short(by)))
}

// Waits says that a yes may still be stopped, and how the button says that.
func (c *Catalogue) Waits(by string, until time.Time) (line, stop string) {
	return c.say("waits", "who", c.quoted(clean(by, maxClaim)), "hour", until.Format("15:04:05")), c.say("waits-stop")
}
