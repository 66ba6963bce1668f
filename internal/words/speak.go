package words

import (
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
)

func blockedLine(code string) string {
	if l, ok := blockedLines[code]; ok {
		return l
	}
	return "Apps never need this."
}

func fillReason(text string, r effect.Reason) string {
	return strings.NewReplacer(
		"{n}", number(r.N),
		"{text}", short(r.Text),
		"{host}", host(r.Text),
		"{span}", span(r.N),
	).Replace(text)
}

// span words a number of seconds, ahead or behind: "12 minutes", "3 days".
func span(seconds int64) string {
	if seconds < 0 {
		seconds = -seconds
	}
	for _, u := range []struct {
		size int64
		name string
	}{{86400, "day"}, {3600, "hour"}, {60, "minute"}} {
		if n := seconds / u.size; n == 1 {
			return "1 " + u.name
		} else if n > 1 {
			return number(n) + " " + u.name + "s"
		}
	}
	return number(seconds) + " seconds"
}

func details(e *effect.Effect, app *privyseal.App, id *privyseal.Identity, r *privyseal.Request) []Detail {
	var ds []Detail
	put := func(name, value string) {
		if value != "" {
			ds = append(ds, Detail{name, value})
		}
	}
	put("Method", e.Op.String())
	if e.Kind >= 0 {
		put("Kind", strconv.Itoa(e.Kind))
	}
	put("Host", clean(e.Host, maxQuote))
	put("Relay", clean(e.Relay, maxQuote))
	put("HTTP method", clean(e.Summary.Method, maxClaim))
	if e.Person != [32]byte{} {
		put("Person", e.Person.Npub())
	}
	if e.Summary.Amount > 0 {
		put("Amount", number(e.Summary.Amount)+" sats")
	}
	if r != nil && r.Template != nil {
		put("Dated", time.Unix(r.Template.CreatedAt, 0).UTC().Format(time.RFC3339))
		put("Tags", strconv.Itoa(len(r.Template.Tags)))
		put("Length", strconv.Itoa(len(r.Template.Content))+" bytes")
		if !e.Summary.Quote && e.Blocked == "" {
			put("Content", shown(r.Template.Content))
		}
	}
	put("App", app.ID)
	put("App says it is at", clean(app.Claimed.URL, maxQuote))
	put("Account", id.PubKey.Npub())
	put("Level", e.Level.String())
	for _, reason := range e.Reasons {
		put("Noted", reason.Code)
	}
	put("Guard", e.Guard)
	put("Blocked", e.Blocked)
	return ds
}

func shown(text string) string {
	text, _ = Sanitize(text, maxQuote)
	return text
}
