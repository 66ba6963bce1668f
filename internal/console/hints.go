package console

import (
	"strings"
	"time"

	"github.com/privyseal/privyseal/internal/control"
)

// faults are those of published apps that a person can do something about
// (docs/support.md), by what an app calls itself.
var faults = []struct{ name, hint string }{
	{"snort", "hint-refused"},
	{"primal", "hint-reload"},
}

// hint is what is known of apps like this one, as the id of a text; "" for
// nothing.
func hint(a control.AppInfo, week control.AppWeek) string {
	if a.State != "active" {
		return ""
	}
	said := strings.ToLower(a.Name + "\n" + a.Claims.Name + "\n" + a.Claims.URL)
	for _, f := range faults {
		if strings.Contains(said, f.name) {
			return f.hint
		}
	}
	if len(week.Did) == 0 && !a.Compatible && !a.LastSeen.IsZero() && a.LastSeen.Sub(a.Created) < time.Minute {
		return "hint-silent" // it may take the signer's key for the user's
	}
	return ""
}
