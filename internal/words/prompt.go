package words

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/nostr"
)

// Prompt is one question as shown. The order of its fields is the order of reading.
type Prompt struct {
	ID       string   // of the sentence in the catalogue
	Title    string   // "Coracle wants to post this publicly as you."
	Lines    []string // what follows from it, and what we could not check
	Quote    string   // what the app wrote: clean, at most 300 characters
	Yes, No  string   // the buttons, in verbs; both empty when it is blocked
	Remember []string // how long a yes may count: "once", "1h", "30d"; none when it is asked every time
	Details  []Detail // for those who look: jargon is allowed here
	Level    privyseal.Level
}

// Detail is one line under "More details".
type Detail struct{ Name, Value string }

const (
	maxQuote   = 300 // characters
	maxName    = 32
	maxClaim   = 40
	maxWords   = 45
	maxReasons = 3
)

// Hash binds an answer to the words that were shown.
func (p Prompt) Hash() [32]byte {
	var b []byte
	put := func(ss ...string) {
		b = binary.AppendUvarint(b, uint64(len(ss)))
		for _, s := range ss {
			b = binary.AppendUvarint(b, uint64(len(s)))
			b = append(b, s...)
		}
	}
	put(p.ID, p.Title, p.Quote, p.Yes, p.No, p.Level.String())
	put(p.Lines...)
	put(p.Remember...)
	for _, d := range p.Details {
		put(d.Name, d.Value)
	}
	return sha256.Sum256(b)
}

// Render words what a request would do, from the effect and the request's own
// bytes. The same arguments give the same prompt.
func Render(e effect.Effect, app privyseal.App, id privyseal.Identity, r *privyseal.Request) Prompt {
	s, ok := catalogue[e.Act]
	if !ok {
		s = catalogue[effect.ActUnknown]
	}
	p := Prompt{ID: "ask." + string(e.Act), Level: e.Level, Details: details(&e, &app, &id, r)}
	name := appName(&app)
	fill := filler(&e)
	if e.Blocked != "" || e.Level.AtLeast(privyseal.L4) {
		p.ID = "blocked." + string(e.Act)
		p.Title = "Blocked. " + name + " tried to " + fill(s.wants) + "."
		p.Lines = []string{blockedLine(e.Blocked), "Nothing was sent."}
		return p
	}
	p.Yes, p.No = fill(s.yes), s.no
	var hidden int
	if e.Summary.Quote && e.Guard != effect.ReasonSecret {
		p.Quote, hidden = quote(e.Op, r)
	}
	p.Title = name + " wants to " + fill(s.wants) + "."
	if p.Quote != "" {
		p.Title = strings.TrimSuffix(p.Title, ".") + ":"
	}
	last := []string{from(&e, &app)}
	if name := short(id.Name); name != "" {
		last = append(last, "Your account: "+name+".")
	}
	if e.Level.AtLeast(privyseal.L3) || e.Guard != "" {
		last = append(last, "Just this time.")
	} else {
		p.Remember = []string{"once", "1h", "30d"}
	}
	first := append([]string(nil), s.lines...)
	switch {
	case hidden == 1:
		first = append(first, "It has 1 hidden character.")
	case hidden > 1:
		first = append(first, "It has "+number(int64(hidden))+" hidden characters.")
	}
	room := maxWords - words(p.Title) - words(first...) - words(last...)
	p.Lines = slices.Concat(first, reasons(&e, room), last)
	return p
}

// quote is what the app wrote, and how much of it cannot be seen.
func quote(op privyseal.Operation, r *privyseal.Request) (string, int) {
	switch {
	case r == nil:
		return "", 0
	case op == privyseal.OpSignEvent && r.Template != nil:
		return Sanitize(r.Template.Content, maxQuote)
	}
	return Sanitize(r.Text, maxQuote)
}

// reasons are the consequences, the most telling first, as far as there is room.
func reasons(e *effect.Effect, room int) []string {
	var ls []string
	for _, known := range reasonLines {
		i := slices.IndexFunc(e.Reasons, func(r effect.Reason) bool { return r.Code == known.code })
		if i < 0 {
			continue
		}
		l := fillReason(known.text, e.Reasons[i])
		if room -= words(l); room < 0 || len(ls) == maxReasons {
			break
		}
		ls = append(ls, l)
	}
	return ls
}

// words counts words.
func words(ls ...string) int {
	n := 0
	for _, l := range ls {
		n += len(strings.Fields(l))
	}
	return n
}

// from is what we know of who asks.
func from(e *effect.Effect, app *privyseal.App) string {
	claim := short(app.Claimed.Name)
	switch {
	case e.CheckedHost != "":
		return "It comes from " + host(e.CheckedHost) + " (checked)."
	case app.Label != "":
		return "You named this app."
	case claim != "":
		return "It calls itself \"" + claim + "\". We can't check that."
	}
	return "We can't check who made it."
}

func appName(app *privyseal.App) string {
	for _, n := range []string{app.Label, app.Claimed.Name} {
		if n = short(n); n != "" {
			return n
		}
	}
	return "An app"
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

// who names a person by the only thing we know: the start of the key.
func who(pk nostr.PubKey) string {
	if pk == (nostr.PubKey{}) {
		return "someone"
	}
	return "person " + pk.String()[:8]
}

func filler(e *effect.Effect) func(string) string {
	s := e.Summary
	place := host(e.Host)
	if place == "" {
		place = "a website"
	}
	title, because := short(s.Title), ""
	if title != "" {
		title = " \"" + title + "\""
		because = " for" + title
	}
	r := strings.NewReplacer(
		"{who}", who(e.Person),
		"{place}", place,
		"{n}", number(int64(s.Items)),
		"{change}", change(s),
		"{amount}", amount(s.Amount),
		"{emoji}", "\""+strings.ReplaceAll(clean(s.Emoji, 8), " ", "")+"\"",
		"{title}", title,
		"{because}", because,
		"{kind}", strconv.Itoa(e.Kind),
	)
	return r.Replace
}

// change is "+2, −1", when the version before is known.
func change(s effect.Summary) string {
	if !s.Known {
		return ""
	}
	return ": +" + number(int64(s.Added)) + ", −" + number(int64(s.Removed))
}

func amount(sats int64) string {
	if sats <= 0 {
		return "some money"
	}
	return number(sats) + " sats"
}

// number groups thousands: 2,100.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
