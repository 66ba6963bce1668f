package words

import (
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal/internal/effect"
)

// sentence is what one act is called. Templates may hold {who}, {place}, {n},
// {change}, {amount}, {payee}, {files}, {emoji}, {title}, {price}, {group},
// {option}, {because} and {kind}; all but {who}, {place}, {n}, {amount}, {files},
// {emoji} and {kind} bring their own space, and may be nothing.
type sentence struct {
	wants   string   // after "Coracle wants to"
	may     string   // after "May", of a grant
	yes, no string   // buttons
	lines   []string // always said
}

// Catalogue is everything that a person reads, in one language. Its tables have
// the same keys in every language; tests hold them to that.
type Catalogue struct {
	lang     string
	acts     map[effect.Act]sentence
	reasons  map[string]string    // by code of effect or a brake: why the level rose
	blocked  map[string]string    // by code: why it is refused whatever was granted
	refusals map[string]string    // by reason: why something was not done
	phrases  map[string]string    // everything else
	pages    map[string]string    // of the console
	kit      map[string]string    // of the login button of web pages
	counted  map[string][2]string // one and many of a thing
	fields   map[string]string    // of a profile
	details  map[string]string    // names under "More details"
	rules    map[string]string    // by code: the built-in rule that decided
	origins  map[string]string    // by code: where a rule came from
	may      [4]string            // verdicts of a grant: allow, ask, refuse, and a bare sign_event
	months   [12]string
	point    string    // between thousands
	quotes   [2]string // around a claim
	limits   limits
}

// limits are the length rules of a language.
type limits struct{ title, words int }

// English and Spanish are the catalogues that people read.
var (
	English = &english
	Spanish = &spanish
)

// PseudoLang is the name of the language that [Pseudo] is in.
const PseudoLang = "pseudo"

// Pseudo is English that looks foreign: what is still plain English on a screen
// in it does not come from here. It is made when it is first asked for, since
// that takes longer than all else that a process of this program begins with.
var Pseudo = sync.OnceValue(func() *Catalogue { return pseudo(&english) })

func catalogues() []*Catalogue { return []*Catalogue{English, Spanish, Pseudo()} }

// In is the catalogue of a language, such as "es", "es_MX.UTF-8" or "pseudo";
// nil when there is none.
func In(lang string) *Catalogue {
	short, _, _ := strings.Cut(strings.ToLower(lang), "_")
	short, _, _ = strings.Cut(short, "-")
	short, _, _ = strings.Cut(short, ".")
	switch short {
	case English.lang:
		return English
	case Spanish.lang:
		return Spanish
	case PseudoLang:
		return Pseudo()
	}
	return nil
}

// Languages are the names of those that people speak.
func Languages() []string { return []string{English.lang, Spanish.lang} }

// Lang is the catalogue's language.
func (c *Catalogue) Lang() string { return c.lang }

// say fills a phrase: pairs are a placeholder's name and its value.
func (c *Catalogue) say(id string, pairs ...string) string { return fill(c.phrases[id], pairs...) }

func fill(text string, pairs ...string) string {
	if len(pairs) == 0 {
		return text
	}
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// quoted is a claim in this language's quotes; nothing stays nothing.
func (c *Catalogue) quoted(s string) string {
	if s == "" {
		return ""
	}
	return c.quotes[0] + s + c.quotes[1]
}

// number groups thousands: 2,100.
func (c *Catalogue) number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + c.point + s[i:]
	}
	return s
}

// count is "1 message" or "48 messages".
func (c *Catalogue) count(thing string, n int64) string {
	forms := c.counted[thing]
	if n == 1 {
		return fill(forms[0], "n", "1")
	}
	return fill(forms[1], "n", c.number(n))
}

func (c *Catalogue) amount(sats int64) string {
	if sats <= 0 {
		return c.say("some-money")
	}
	return c.count("sat", sats)
}

// span words a number of seconds, ahead or behind: "12 minutes", "3 days".
func (c *Catalogue) span(seconds int64) string {
	seconds = max(seconds, -seconds)
	for _, u := range []struct {
		size int64
		name string
	}{{86400, "day"}, {3600, "hour"}, {60, "minute"}} {
		if n := seconds / u.size; n > 0 {
			return c.count(u.name, n)
		}
	}
	return c.count("second", seconds)
}

// day is "3 May", with the hour when it is within two days of given, with the
// year when it is another one.
func (c *Catalogue) day(t, given time.Time) string {
	s := c.say("date", "day", strconv.Itoa(t.Day()), "month", c.months[t.Month()-1])
	switch {
	case t.Sub(given).Abs() < 48*time.Hour:
		return c.say("date-hour", "date", s, "hour", t.Format("15:04"))
	case t.Year() != given.Year():
		return c.say("date-year", "date", s, "year", strconv.Itoa(t.Year()))
	}
	return s
}
