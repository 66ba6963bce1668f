package words

import (
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/policy"
)

// Would is what would become of a request.
func (c *Catalogue) Would(v privyseal.Verdict) string {
	switch v {
	case privyseal.Allow:
		return c.say("would-allow")
	case privyseal.Ask:
		return c.say("would-ask")
	case privyseal.Refuse:
	}
	return c.say("would-refuse")
}

// Origin says where a rule came from.
func (c *Catalogue) Origin(origin string) string {
	if s, ok := c.origins[origin]; ok {
		return s
	}
	if origin = clean(origin, maxClaim); origin != "" {
		return c.say("origin", "name", origin)
	}
	return ""
}

// Command is the command that gives an app a permission.
func Command(app string, c policy.Change) string {
	return "privyseal apps " + c.Verdict.String() + " " + argument(app) + " " + argument(c.Permission.String())
}

// Resume is the command that lets an app go on.
func Resume(app string) string { return "privyseal apps resume " + argument(app) }

// argument is a word of a command line, in quotes where a shell needs them.
func argument(s string) string {
	if s = clean(s, maxQuote); s != "" && !strings.ContainsFunc(s, special) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

func special(r rune) bool {
	switch {
	case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		return false
	}
	return !strings.ContainsRune("_-.:/@=,", r)
}
