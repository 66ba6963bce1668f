package words

import (
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
)

// detailsOf are for those who look: jargon is allowed here.
func (c *Catalogue) detailsOf(e *effect.Effect, app *privyseal.App, id *privyseal.Identity, r *privyseal.Request) []Detail {
	var ds []Detail
	put := func(id, value string) {
		if value != "" {
			ds = append(ds, Detail{c.details[id], value})
		}
	}
	s := &e.Summary
	put("method", e.Op.String())
	if e.Kind >= 0 {
		put("kind", strconv.Itoa(e.Kind))
	}
	put("host", clean(e.Host, maxQuote))
	put("relay", clean(e.Relay, maxQuote))
	put("http", clean(s.Method, maxClaim))
	if e.Person != [32]byte{} {
		put("person", e.Person.Npub())
	}
	put("called", clean(e.Who.Name, maxClaim))
	if s.Amount > 0 {
		put("amount", c.number(s.Amount)+" sats")
	}
	put("price", clean(s.Price, maxClaim))
	put("group", clean(s.Group, maxClaim))
	for _, ch := range s.Changes {
		name := clean(ch.Name, maxClaim)
		put("was", labelled(name, ch.From))
		put("now", labelled(name, ch.To))
	}
	put("added", c.entries(s.New))
	put("removed", c.entries(s.Gone))
	c.template(put, e, r)
	put("seen-by", c.details[audiences[e.Audience]])
	put("undo", c.details[map[bool]string{true: "no", false: "yes"}[e.Final]])
	put("app", app.ID)
	put("url", clean(app.Claimed.URL, maxQuote))
	put("account", id.PubKey.Npub())
	put("level", e.Level.String())
	for _, reason := range e.Reasons {
		put("noted", reason.Code)
	}
	put("guard", e.Guard)
	put("blocked", e.Blocked)
	return ds
}

// template is what is to be signed, as far as it is not shown already.
func (c *Catalogue) template(put func(id, value string), e *effect.Effect, r *privyseal.Request) {
	if r == nil || r.Template == nil {
		return
	}
	put("dated", time.Unix(r.Template.CreatedAt, 0).UTC().Format(time.RFC3339))
	put("tags", strconv.Itoa(len(r.Template.Tags)))
	put("length", fill(c.details["bytes"], "n", strconv.Itoa(len(r.Template.Content))))
	if e.Blocked == "" && (!e.Summary.Quote || e.Summary.Text != "") {
		text, _ := Sanitize(r.Template.Content, maxQuote)
		put("content", c.quoted(text))
	}
}

func labelled(name, value string) string {
	if value == "" {
		return ""
	}
	return name + ": " + clean(value, maxQuote)
}

// entries are the first few of what is added or removed.
func (c *Catalogue) entries(es []effect.Entry) string {
	var ls []string
	for _, e := range es {
		if e.Who != (effect.Who{}) {
			ls = append(ls, c.who(e.Who))
		} else if v := clean(e.Value, maxClaim); v != "" {
			ls = append(ls, c.quoted(v))
		}
	}
	return strings.Join(ls, ", ")
}

var audiences = map[effect.Audience]string{
	effect.AudienceUnknown: "not-known", effect.ThisApp: "this-app", effect.You: "you", effect.OnePerson: "one-person",
	effect.Place: "place", effect.Group: "in-group", effect.Everyone: "everyone",
}
