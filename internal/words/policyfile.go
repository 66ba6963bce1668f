package words

import (
	"strings"
	"time"

	"github.com/privyseal/privyseal"
)

// PolicyHead begins a policy file.
func (c *Catalogue) PolicyHead() []string { return strings.Split(c.say("policy-head"), "\n") }

// PolicyApp is said of an app in a policy file.
func (c *Catalogue) PolicyApp(identity string, connected time.Time) string {
	return c.say("policy-app", "account", clean(identity, maxClaim), "day", c.day(connected, time.Time{}))
}

// Idle is said of a rule that comes to nothing beside others.
func (c *Catalogue) Idle(g privyseal.Grant) string {
	return c.say("policy-idle", "sentence", c.Grant(g))
}
