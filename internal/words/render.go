package words

import (
	"slices"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
)

// Render words what a request would do, from the effect and the request's own
// bytes. The same arguments give the same prompt.
func (c *Catalogue) Render(e effect.Effect, app privyseal.App, id privyseal.Identity, r *privyseal.Request) Prompt {
	s, ok := c.acts[e.Act]
	if !ok {
		s = c.acts[effect.ActUnknown]
	}
	p := Prompt{ID: "ask." + string(e.Act), Level: e.Level, Details: c.detailsOf(&e, &app, &id, r)}
	if e.Blocked != "" || e.Level.AtLeast(privyseal.L4) {
		p.ID = "blocked." + string(e.Act)
		p.Title = c.say("tried", "app", c.appName(&app), "act", c.filled(s.wants, &e, false))
		p.Lines = []string{c.blockedLine(e.Blocked)}
		p.Yes, p.No, p.SafeFirst = c.say("stop"), c.say("more"), false
		return p
	}
	var hidden int
	if e.Summary.Quote && e.Guard != effect.ReasonSecret {
		p.Quote, hidden = quote(&e, r)
	}
	name := c.appName(&app)
	if hands(e.Act) && app.Label == "" {
		name = c.say("unknown-app")
	}
	p.Title = c.title(s, name, &e)
	if p.Quote != "" {
		p.Title = strings.TrimSuffix(p.Title, ".") + ":"
	}
	p.Yes, p.No = c.yes(s, &e), s.no
	p.SafeFirst = e.Level.AtLeast(privyseal.L3) || hands(e.Act)
	c.lasts(&p, s, name, &e)
	c.fillLines(&p, s, &e, hidden, &app, &id)
	return p
}

// hands reports an act that hands the app something secret: then a name that is
// only its own claim does not lead.
func hands(a effect.Act) bool { return strings.HasPrefix(string(a), "open") }

// title is "Coracle wants to …", with the difference in words where there is
// room for them.
func (c *Catalogue) title(s sentence, name string, e *effect.Effect) string {
	long := c.say("wants", "app", name, "act", c.filled(s.wants, e, true))
	if words(long) <= c.limits.title {
		return long
	}
	return c.say("wants", "app", name, "act", c.filled(s.wants, e, false))
}

func (c *Catalogue) yes(s sentence, e *effect.Effect) string {
	if n := e.Summary.Removed; e.Act == effect.ActFollows && n > 0 && e.Level.AtLeast(privyseal.L3) {
		return c.say("remove-people", "people", c.count("person", int64(n)))
	}
	return c.filled(s.yes, e, false)
}

// lasts says how long a yes counts: what is serious, just this time; what is
// everyday, for 30 days unless one chooses otherwise.
func (c *Catalogue) lasts(p *Prompt, s sentence, name string, e *effect.Effect) {
	p.Lasts = []string{c.say("once")}
	if e.Level.AtLeast(privyseal.L3) || e.Guard != "" {
		return
	}
	p.Remember, p.Usual = []string{"once", "1h", "30d"}, "once"
	p.Lasts = append(p.Lasts, c.say("hour"), c.say("month"))
	if !e.Level.AtLeast(privyseal.L2) {
		p.Usual, p.Lasts[2] = "30d", c.say("remember", "app", name, "may", c.scoped(s.may, e))
	}
}

// scoped is what a grant that remembers a yes would allow.
func (c *Catalogue) scoped(may string, e *effect.Effect) string {
	if e.Host != "" && len(e.Scopes()) > 0 {
		return may + c.say("grant-at", "place", host(e.Host))
	}
	return may
}

// fillLines puts in what is always said, what follows, and who asks; what there
// is no room for is left out, the least telling first.
func (c *Catalogue) fillLines(p *Prompt, s sentence, e *effect.Effect, hidden int, app *privyseal.App, id *privyseal.Identity) {
	follows, told := c.consequences(e)
	if n := e.Summary.Type; n > 0 && e.Level.AtLeast(privyseal.L3) {
		p.Type = c.number(int64(n))
	}
	var last []string
	if p.Type != "" {
		last = append(last, c.say("type", "n", p.Type))
	}
	last = append(last, c.from(e, app)...)
	if name := short(id.Name); name != "" {
		last = append(last, c.say("account", "name", name))
	}
	room := c.limits.words - words(p.Title) - words(last...)
	var first []string
	put := func(ls ...string) {
		for _, l := range ls {
			if n := words(l); n <= room {
				first, room = append(first, l), room-n
			}
		}
	}
	put(s.lines...)
	if hidden > 0 {
		put(c.say("hidden", "characters", c.count("character", int64(hidden))))
	}
	put(follows...)
	put(c.reasonLines(e, told)...)
	if s := &e.Summary; e.Undo && (s.Removed > 0 || s.OldTime > 0 || len(s.Changes) > 0 || e.Guard != "") {
		put(c.say("undo"))
	}
	p.Lines = slices.Concat(first, last)
}

// reasonLines are why the level rose, the most telling first.
func (c *Catalogue) reasonLines(e *effect.Effect, told []string) (ls []string) {
	if slices.ContainsFunc(e.Reasons, func(r effect.Reason) bool { return r.Code == effect.ReasonPrivate }) {
		told = append(told, effect.ReasonUnseen) // says the same of a list
	}
	for _, code := range reasonOrder {
		i := slices.IndexFunc(e.Reasons, func(r effect.Reason) bool { return r.Code == code })
		if i >= 0 && !slices.Contains(told, code) && len(ls) < maxReasons {
			ls = append(ls, c.reason(e.Reasons[i]))
		}
	}
	return ls
}

// from is what we know of who asks; of an app that the person named, nothing
// needs to be said.
func (c *Catalogue) from(e *effect.Effect, app *privyseal.App) []string {
	claim := short(app.Claimed.Name)
	switch {
	case e.CheckedHost != "":
		return []string{c.say("checked", "host", host(e.CheckedHost))}
	case short(app.Label) != "":
		return nil
	case claim == "":
		return []string{c.say("no-name")}
	case hands(e.Act):
		return []string{c.say("calls-itself", "name", c.quoted(claim))}
	}
	return []string{c.say("name-claimed")}
}

// appName is the person's own name for an app, else what it calls itself, as a
// claim.
func (c *Catalogue) appName(app *privyseal.App) string {
	if n := short(app.Label); n != "" {
		return n
	}
	if n := short(app.Claimed.Name); n != "" {
		return c.quoted(n)
	}
	return c.say("some-app")
}

// quote is what the app wrote, or what is inside what it sealed, and how much
// of it cannot be seen.
func quote(e *effect.Effect, r *privyseal.Request) (string, int) {
	switch {
	case r == nil:
		return "", 0
	case e.Summary.Text != "":
		return Sanitize(e.Summary.Text, maxQuote)
	case e.Op == privyseal.OpSignEvent && r.Template != nil:
		return Sanitize(r.Template.Content, maxQuote)
	}
	return Sanitize(r.Text, maxQuote)
}

// words counts words.
func words(ls ...string) int {
	n := 0
	for _, l := range ls {
		n += len(strings.Fields(l))
	}
	return n
}
