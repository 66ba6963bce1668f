package words

import (
	"time"

	"github.com/privyseal/privyseal"
)

// PolicyHead begins a policy file.
func PolicyHead() []string {
	return []string{
		"What each app may do. Change it, and give it back with: privyseal policy import FILE",
		"Lines that begin with # are not read; a # behind a rule begins your note on it.",
		"An app may do exactly what stands in its block; apps without a block stay as they are.",
	}
}

// PolicyApp is said of an app in a policy file.
func PolicyApp(identity string, connected time.Time) string {
	return "as " + clean(identity, maxClaim) + ", connected " + connected.Format("2 January 2006")
}

// Idle is said of a rule that comes to nothing beside others.
func Idle(g privyseal.Grant) string {
	return "Comes to nothing beside another rule here: " + Grant(g)
}
