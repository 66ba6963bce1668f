package words

import (
	"regexp"
	"strings"
	"time"

	"github.com/privyseal/privyseal/internal/effect"
)

// reasonOrder is the codes of reasons, the most telling first.
var reasonOrder = []string{
	TwoPeople, Veto, effect.ReasonSecret, NewThing, NewPerson, OddHour, Burst,
	effect.ReasonOverDay, effect.ReasonOverLimit, effect.ReasonPayTo, effect.ReasonForged,
	effect.ReasonEmpties, effect.ReasonErases, effect.ReasonWallet, effect.ReasonAddress, effect.ReasonNamesake,
	effect.ReasonRemoves, effect.ReasonHidden, effect.ReasonGutted, effect.ReasonCore, effect.ReasonManyGone,
	effect.ReasonSite, effect.ReasonClock, effect.ReasonUnchecked, effect.ReasonAllOlder, effect.ReasonIllegal,
	effect.ReasonPrice, effect.ReasonVoted, effect.ReasonVotedMaybe, effect.ReasonOtherApp, effect.ReasonMaybeApp, effect.ReasonOften,
	effect.ReasonStranger, effect.ReasonNewPlace, effect.ReasonNewHost, effect.ReasonMentions,
	effect.ReasonManyGet, effect.ReasonTooMany, effect.ReasonLeak, effect.ReasonUnseen, effect.ReasonForeign,
	effect.ReasonNoBody, effect.ReasonNoFile, effect.ReasonAnyHost, effect.ReasonLong, effect.ReasonTagsSeal,
	effect.ReasonTags, effect.ReasonReplaces, effect.ReasonUncompared, effect.ReasonPrivate, effect.ReasonNotKept, effect.ReasonNew,
	effect.ReasonUncounted,
}

func (c *Catalogue) reason(r effect.Reason) string {
	return fill(c.reasons[r.Code],
		"n", c.number(r.N), "amount", c.count("sat", r.N), "span", c.span(r.N),
		"text", c.quoted(short(r.Text)), "address", c.address(r.Text), "host", host(r.Text))
}

func (c *Catalogue) blockedLine(code string) string {
	if l, ok := c.blocked[code]; ok {
		return l
	}
	return c.blocked[""]
}

// consequences are what would change, what is lost, and the way back; told are
// the codes that they have spoken of.
func (c *Catalogue) consequences(e *effect.Effect) (ls, told []string) {
	s := &e.Summary
	switch {
	case e.Act == effect.ActProfile && s.Known:
		ls, told = c.profileLines(s.Changes)
	case e.Act == effect.ActFollows && s.Removed > 0:
		ls = []string{c.say("people-now", "people", c.count("person", int64(s.Before)), "n", c.number(int64(s.Items)))}
		told = []string{effect.ReasonRemoves, effect.ReasonReplaces}
	case s.Known && s.Removed > 0:
		told = []string{effect.ReasonRemoves, effect.ReasonReplaces}
	case e.Act == effect.ActPay && s.LeftKnown:
		ls = []string{c.say("left", "amount", c.count("sat", s.Left))}
	case s.Known && s.OldTime > 0:
		ls, told = []string{c.version(s)}, []string{effect.ReasonReplaces}
	}
	return ls, told
}

func (c *Catalogue) version(s *effect.Summary) string {
	t := time.Unix(s.OldTime, 0).UTC()
	date := c.day(t, time.Time{})
	if s.OldTitle == "" {
		return c.say("version-date", "date", date)
	}
	return c.say("version", "title", c.quoted(short(s.OldTitle)), "date", date)
}

// profileLines say where tips would go, what is erased and what stays, and, if
// there is but one other change, what it is.
func (c *Catalogue) profileLines(changes []effect.Field) (ls, told []string) {
	var erased, others []string
	var one effect.Field
	pictured := true
	for _, ch := range changes {
		field := c.field(ch.Name)
		pictured = pictured && ch.Name != "picture"
		switch {
		case (ch.Name == "lud16" || ch.Name == "lud06") && ch.From != "" && ch.To != "":
			ls = append(ls, c.say("tips", "old", c.address(ch.From), "new", c.address(ch.To)))
			told = append(told, effect.ReasonWallet)
		case (ch.Name == "lud16" || ch.Name == "lud06") && ch.To != "":
			ls = append(ls, fill(c.reasons[effect.ReasonWallet], "address", c.address(ch.To)))
			told = append(told, effect.ReasonWallet)
		case ch.Name == "nip05" && ch.To != "": // a reason of its own
		case ch.To == "":
			erased = append(erased, field)
		default:
			others, one = append(others, field), ch
		}
	}
	if len(erased) > 0 {
		line := c.say("erased", "fields", c.list(erased))
		if pictured {
			line = c.say("stays", "field", c.field("picture")) + " " + line
		}
		ls, told = append(ls, line), append(told, effect.ReasonErases)
	}
	switch {
	case len(others) == 1 && one.From == "":
		ls = append(ls, c.say("field-new", "field", others[0], "new", c.quoted(short(one.To))))
	case len(others) == 1:
		ls = append(ls, c.say("field", "field", others[0], "new", c.quoted(short(one.To)), "old", c.quoted(short(one.From))))
	case len(others) > 1:
		ls = append(ls, c.say("fields", "fields", c.list(others)))
	}
	return ls, told
}

// field names a field of a profile; one that nobody knows is the app's claim.
func (c *Catalogue) field(name string) string {
	if f, ok := c.fields[name]; ok && name != "" {
		return f
	}
	return fill(c.fields[""], "name", c.quoted(short(name)))
}

// list is "bio, name and picture"; of many, the first three.
func (c *Catalogue) list(names []string) string {
	names = names[:min(3, len(names))]
	n := len(names) - 1
	if n == 0 {
		return names[0]
	}
	return c.say("and", "a", strings.Join(names[:n], ", "), "b", names[n])
}

// plain is an address that can be read as nothing else; it may stand without
// quotes.
var plain = regexp.MustCompile(`^[a-z0-9._+-]{1,40}@[a-z0-9-]+(\.[a-z0-9-]+)+$`)

func (c *Catalogue) address(s string) string {
	if len(s) <= 64 && plain.MatchString(s) {
		return s
	}
	return c.quoted(short(s))
}
