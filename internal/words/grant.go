package words

import (
	"strconv"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// Grant is what an app may do, as a sentence: "May post notes for you, up to
// 20 an hour, until 3 May."
func (c *Catalogue) Grant(g privyseal.Grant) string { return c.told(g, "") + "." }

// Deed is what a permission is for, as what one does: "delete posts for you".
func (c *Catalogue) Deed(p nip46.Permission) string { return c.scope(p) }

// told is a grant without its full stop, with the phrase of a condition of its own.
func (c *Catalogue) told(g privyseal.Grant, only string) string {
	v := effective(g)
	s := c.verdict(v) + c.scope(g.Permission)
	if b := g.Permission.Budget; v == privyseal.Allow && b != (nip46.Budget{}) {
		s += c.say("grant-budget", "n", c.number(int64(b.N)), "per", c.per(b.Per))
	}
	if end := policy.End(g); !end.IsZero() {
		s += c.say("grant-until", "day", c.day(end, g.Given))
	}
	switch {
	case only != "":
		s += c.say(only)
	case v == privyseal.Allow && !policy.Reach(g).AtLeast(privyseal.L2):
		s += c.say("unless-odd")
	case v == privyseal.Allow && !policy.Reach(g).AtLeast(privyseal.L3):
		s += c.say("unless-grave")
	}
	return s
}

// effective is what a grant's verdict comes to: control methods are always
// allowed, and what is blocked is never.
func effective(g privyseal.Grant) privyseal.Verdict {
	p := g.Permission
	op := privyseal.OperationOf(p.Method)
	switch {
	case op != privyseal.OpUnknown && op.Signer() == privyseal.SignerSession:
		return privyseal.Allow
	case op == privyseal.OpUnknown, p.Kind != nil && effect.RuleOf(*p.Kind).Level.AtLeast(privyseal.L4):
		return privyseal.Refuse
	}
	return g.Verdict
}

func (c *Catalogue) verdict(v privyseal.Verdict) string {
	switch v {
	case privyseal.Allow:
		return c.may[0]
	case privyseal.Ask:
		return c.may[1]
	case privyseal.Refuse:
	}
	return c.may[2]
}

// scope is "post notes for you at zap.kitchen".
func (c *Catalogue) scope(p nip46.Permission) string {
	s, person := c.allows(p), c.say("person", "code", clean(p.Target[:min(8, len(p.Target))], 8))
	switch {
	case p.Target == "":
	case p.Method == nip46.SignEvent:
		s += c.say("grant-at", "place", clean(p.Target, maxQuote))
	case p.Method == nip46.Nip44Encrypt || p.Method == nip46.Nip04Encrypt:
		s += c.say("grant-for", "who", person)
	default:
		s += c.say("grant-with", "who", person)
	}
	return s
}

func (c *Catalogue) allows(p nip46.Permission) string {
	act, ok := acts[p.Method]
	switch {
	case p.Method == nip46.SignEvent && p.Kind == nil:
		return c.may[3]
	case p.Method == nip46.SignEvent:
		act = effect.RuleOf(*p.Kind).Act
		return c.acts[act].may + c.numbered(*p.Kind, act)
	case ok:
		return c.acts[act].may
	}
	return c.acts[effect.ActUnknownOp].may
}

var acts = map[nip46.Method]effect.Act{
	nip46.Connect: effect.ActConnect, nip46.Ping: effect.ActPing, nip46.GetPublicKey: effect.ActWho,
	nip46.SwitchRelays: effect.ActSwitch, nip46.Logout: effect.ActLogout,
	nip46.Nip44Encrypt: effect.ActSeal, nip46.Nip44Decrypt: effect.ActOpen,
	nip46.Nip04Encrypt: effect.ActSealOld, nip46.Nip04Decrypt: effect.ActOpenOld,
}

// numbered tells apart the kinds that share a sentence: all but the first carry
// their number.
func (c *Catalogue) numbered(k nostr.Kind, act effect.Act) string {
	for _, r := range effect.Kinds() {
		if r.Act == act {
			if r.From == k {
				return ""
			}
			break
		}
	}
	return c.say("grant-number", "n", strconv.Itoa(int(k)))
}

func (c *Catalogue) per(d time.Duration) string {
	switch d {
	case 0:
		return c.say("in-all")
	case time.Second:
		return c.say("a-second")
	case time.Minute:
		return c.say("a-minute")
	case time.Hour:
		return c.say("an-hour")
	case 24 * time.Hour:
		return c.say("a-day")
	case 7 * 24 * time.Hour:
		return c.say("a-week")
	}
	return c.say("every", "span", c.exactly(d))
}

// exactly words a span in the longest unit that divides it.
func (c *Catalogue) exactly(d time.Duration) string {
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := int64(d / u.size); n > 0 && d%u.size == 0 {
			return c.count(u.name, n)
		}
	}
	return c.count("second", int64(d/time.Second))
}

// presetLine is a line of a preset as a sentence.
func (c *Catalogue) presetLine(l policy.Line) string {
	only := ""
	switch {
	case l.SameSite:
		only = "only-own-site"
	case l.Verdict == privyseal.Allow && l.Reach == privyseal.L0:
		only = "only-listed"
	}
	reach := l.Reach
	if l.Permission.Kind != nil { // such a line is short for what is not serious
		reach = privyseal.LevelUnknown
	}
	return c.told(privyseal.Grant{Permission: l.Permission, Verdict: l.Verdict, Reach: reach}, only) + "."
}

// covers reports whether p speaks about all that q does.
func covers(p, q nip46.Permission) bool {
	sameKind := p.Kind == nil || q.Kind != nil && *p.Kind == *q.Kind
	return p.Method == q.Method && sameKind && (p.Target == "" || p.Target == q.Target)
}
