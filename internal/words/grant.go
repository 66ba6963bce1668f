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
func Grant(g privyseal.Grant) string { return told(g, "") + "." }

// told is a grant without its full stop, with a condition of its own.
func told(g privyseal.Grant, only string) string {
	v := effective(g)
	s := verdict(v) + scope(g.Permission)
	if b := g.Permission.Budget; v == privyseal.Allow && b != (nip46.Budget{}) {
		s += ", up to " + number(int64(b.N)) + " " + per(b.Per)
	}
	if end := policy.End(g); !end.IsZero() {
		s += ", until " + day(end, g.Given)
	}
	switch {
	case only != "":
		s += ", " + only
	case v == privyseal.Allow && !policy.Reach(g).AtLeast(privyseal.L3):
		s += ", unless it is serious"
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

func verdict(v privyseal.Verdict) string {
	switch v {
	case privyseal.Allow:
		return "May "
	case privyseal.Ask:
		return "Must ask before it may "
	case privyseal.Refuse:
	}
	return "May never "
}

// scope is "post notes for you at zap.kitchen".
func scope(p nip46.Permission) string {
	s := may(p)
	switch {
	case p.Target == "":
	case p.Method == nip46.SignEvent:
		s += " at " + clean(p.Target, maxQuote)
	case p.Method == nip46.Nip44Encrypt || p.Method == nip46.Nip04Encrypt:
		s += " for person " + clean(p.Target[:min(8, len(p.Target))], 8)
	default:
		s += " with person " + clean(p.Target[:min(8, len(p.Target))], 8)
	}
	return s
}

func may(p nip46.Permission) string {
	act, ok := acts[p.Method]
	switch {
	case p.Method == nip46.SignEvent && p.Kind == nil:
		return "act in your name"
	case p.Method == nip46.SignEvent:
		act = effect.RuleOf(*p.Kind).Act
		return catalogue[act].may + numbered(*p.Kind, act)
	case ok:
		return catalogue[act].may
	}
	return "do something we don't know"
}

var acts = map[nip46.Method]effect.Act{
	nip46.Connect: effect.ActConnect, nip46.Ping: effect.ActPing, nip46.GetPublicKey: effect.ActWho,
	nip46.SwitchRelays: effect.ActSwitch, nip46.Logout: effect.ActLogout,
	nip46.Nip44Encrypt: effect.ActSeal, nip46.Nip44Decrypt: effect.ActOpen,
	nip46.Nip04Encrypt: effect.ActSealOld, nip46.Nip04Decrypt: effect.ActOpenOld,
}

// numbered tells apart the kinds that share a sentence: all but the first carry
// their number.
func numbered(k nostr.Kind, act effect.Act) string {
	for _, r := range effect.Kinds() {
		if r.Act == act {
			if r.From == k {
				return ""
			}
			break
		}
	}
	return " (number " + strconv.Itoa(int(k)) + ")"
}

func per(d time.Duration) string {
	switch d {
	case 0:
		return "in all"
	case time.Second:
		return "a second"
	case time.Minute:
		return "a minute"
	case time.Hour:
		return "an hour"
	case 24 * time.Hour:
		return "a day"
	case 7 * 24 * time.Hour:
		return "a week"
	}
	return "every " + exactly(d)
}

// exactly words a span in the longest unit that divides it.
func exactly(d time.Duration) string {
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := int64(d / u.size); n > 0 && d%u.size == 0 {
			return plural(int(n), u.name)
		}
	}
	return plural(int(d/time.Second), "second")
}

// day is "3 May", with the hour when it is within two days, with the year when
// it is another one.
func day(t, given time.Time) string {
	switch {
	case t.Sub(given) < 48*time.Hour:
		return t.Format("2 January 15:04")
	case t.Year() == given.Year():
		return t.Format("2 January")
	}
	return t.Format("2 January 2006")
}

// presetLine is a line of a preset as a sentence.
func presetLine(l policy.Line) string {
	only := ""
	switch {
	case l.SameSite:
		only = "only where the app itself is from"
	case l.Verdict == privyseal.Allow && l.Reach == privyseal.L0:
		only = "only at places on your list"
	}
	reach := l.Reach
	if l.Permission.Kind != nil { // such a line is short for what is not serious
		reach = privyseal.LevelUnknown
	}
	return told(privyseal.Grant{Permission: l.Permission, Verdict: l.Verdict, Reach: reach}, only) + "."
}

// covers reports whether p speaks about all that q does.
func covers(p, q nip46.Permission) bool {
	sameKind := p.Kind == nil || q.Kind != nil && *p.Kind == *q.Kind
	return p.Method == q.Method && sameKind && (p.Target == "" || p.Target == q.Target)
}
