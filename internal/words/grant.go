package words

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/effect"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// Grant is what an app may do, as a sentence: "May post notes for you, up to
// 20 an hour, until 3 May."
func Grant(g privyseal.Grant) string {
	s := verdict(g.Verdict) + scope(g.Permission)
	if b := g.Permission.Budget; b != (nip46.Budget{}) {
		s += ", up to " + number(int64(b.N)) + " " + per(b.Per)
	}
	if end := end(g); !end.IsZero() {
		s += ", until " + day(end, g.Given)
	}
	return s + "."
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
	return "every " + span(int64(d/time.Second))
}

// end is the sooner of a grant's two ends.
func end(g privyseal.Grant) time.Time {
	end := g.Until
	if g.Permission.For > 0 {
		if e := g.Given.Add(g.Permission.For); end.IsZero() || e.Before(end) {
			end = e
		}
	}
	return end
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

// PresetLines is a preset as sentences, without the lines that one of these
// grants overrides; nil when there is no preset of that name.
func PresetLines(name string, grants ...privyseal.Grant) []string {
	p, ok := policy.Preset(name)
	if !ok {
		return nil
	}
	var ls []string
	for _, l := range p.Lines {
		if overridden(l.Permission, grants) {
			continue
		}
		s := strings.TrimSuffix(Grant(privyseal.Grant{Permission: l.Permission, Verdict: l.Verdict}), ".")
		switch {
		case l.SameSite:
			s += ", only where the app itself is from"
		case l.Verdict == privyseal.Allow && l.Reach == privyseal.L0:
			s += ", only at places on your list"
		case l.Verdict == privyseal.Allow && l.Permission.Method == nip46.SignEvent && l.Permission.Kind == nil:
			s += ", but asks first when it is serious"
		}
		ls = append(ls, s+".")
	}
	return ls
}

// overridden reports whether a grant speaks about all that a preset's line does.
func overridden(line nip46.Permission, grants []privyseal.Grant) bool {
	return slices.ContainsFunc(grants, func(g privyseal.Grant) bool {
		p := g.Permission
		sameKind := p.Kind == nil || line.Kind != nil && *p.Kind == *line.Kind
		return p.Method == line.Method && p.Target == "" && (p.Kind != nil || line.Kind == nil) && sameKind
	})
}
