package words

import (
	"strconv"
	"strings"

	"github.com/privyseal/privyseal/internal/effect"
)

// filled puts the effect into a template. inWords asks for the difference in
// words rather than signs, for lists that have words for it.
func (c *Catalogue) filled(template string, e *effect.Effect, inWords bool) string {
	if !strings.Contains(template, "{") {
		return template
	}
	s := &e.Summary
	place, payee := host(e.Host), ""
	if place == "" {
		place = c.say("a-website")
	}
	if n := short(s.Payee); n != "" {
		payee = c.say("payee", "who", n)
	}
	return fill(template,
		"who", c.who(e.Who), "place", place, "n", c.number(int64(s.Items)),
		"change", c.change(e, inWords), "amount", c.amount(s.Amount), "payee", payee,
		"files", c.files(e), "emoji", c.quoted(strings.ReplaceAll(clean(s.Emoji, 8), " ", "")),
		"title", c.spaced(s.Title), "price", c.price(s.Price), "group", c.spaced(s.Group), "option", c.spaced(s.Option),
		"because", c.because(s.Title), "kind", strconv.Itoa(e.Kind))
}

// spaced is a claim with its own space, or nothing.
func (c *Catalogue) spaced(s string) string {
	if s = short(s); s == "" {
		return ""
	}
	return " " + c.quoted(s)
}

func (c *Catalogue) price(s string) string {
	if s = short(s); s == "" {
		return ""
	}
	return c.say("for", "amount", c.quoted(s))
}

func (c *Catalogue) because(s string) string {
	if s = short(s); s == "" {
		return ""
	}
	return c.say("because", "title", c.quoted(s))
}

// who names a person: by the person's own word for them, else by what they call
// themselves, as a claim, with the start of the key; else by that alone.
func (c *Catalogue) who(w effect.Who) string {
	if w.Key == ([32]byte{}) {
		return c.say("someone")
	}
	code, name := w.Key.String()[:8], short(w.Name)
	switch {
	case name == "":
		return c.say("person", "code", code)
	case w.Petname:
		return name
	}
	return c.say("name-code", "name", c.quoted(name), "code", code)
}

// change is "2 added, 1 removed" when the version before is known, or in signs
// where there is no room for words.
func (c *Catalogue) change(e *effect.Effect, inWords bool) string {
	s := &e.Summary
	switch {
	case !s.Known || s.Added == 0 && s.Removed == 0:
		return ""
	case inWords && e.Act == effect.ActFollows && s.Removed > 0 && s.Added > 0:
		return c.say("people-change", "gone", c.count("person", int64(s.Removed)), "n", c.number(int64(s.Added)))
	case inWords && e.Act == effect.ActFollows && s.Removed > 0:
		return c.say("people-gone", "gone", c.count("person", int64(s.Removed)))
	case inWords && e.Act == effect.ActFollows:
		return c.say("people-added", "n", c.count("person", int64(s.Added)))
	}
	form := "change"
	switch {
	case !inWords:
	case s.Removed == 0:
		form = "added"
	case s.Added == 0:
		form = "removed"
	default:
		form = "added-removed"
	}
	return c.say(form, "added", c.number(int64(s.Added)), "removed", c.number(int64(s.Removed)))
}

func (c *Catalogue) files(e *effect.Effect) string {
	if n := e.Summary.Items; n > 0 {
		return c.count("file", int64(n))
	}
	return c.say("any-file")
}

// short is a name within a sentence of ours: three words at most.
func short(name string) string {
	ws := strings.Fields(clean(name, maxName))
	return strings.Join(ws[:min(3, len(ws))], " ")
}

// host is a host's name; of a long one the end, which says whose it is.
func host(name string) string {
	r := []rune(strings.ReplaceAll(clean(name, maxQuote), " ", ""))
	if len(r) > maxClaim {
		return "…" + string(r[len(r)-maxClaim+1:])
	}
	return string(r)
}
