package words

import (
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/policy"
)

// Would is what would become of a request.
func Would(v privyseal.Verdict) string {
	switch v {
	case privyseal.Allow:
		return "Allowed: it would be done without asking."
	case privyseal.Ask:
		return "Asked: nothing is done before you say yes."
	case privyseal.Refuse:
	}
	return "Refused: it would not be done, and you would not be asked."
}

var origins = map[string]string{
	"answer":       "by your answer to a question",
	"invite":       "with the link you made",
	"accept":       "when you accepted the app's link",
	"command line": "on the command line",
	"preset":       "when the app was connected",
	"brake":        "when much was read at once",
	"import":       "with a policy file",
}

// Origin says where a rule came from.
func Origin(origin string) string {
	if s, ok := origins[origin]; ok {
		return s
	}
	if origin = clean(origin, maxClaim); origin != "" {
		return "by " + origin
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
