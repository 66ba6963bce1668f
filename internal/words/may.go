package words

import (
	"cmp"
	"slices"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/internal/policy"
	"github.com/privyseal/privyseal/nip46"
)

// Said is a rule in words.
type Said struct {
	ID       string // "grant:<id>", "preset:<name>/<line>"; "": what always holds
	Sentence string
}

// May is all that an app may do, of its grants that are alive and its preset, in
// the order of their weight: the narrow before the wide, and what holds now
// before what follows it. What can decide nothing is left out.
func (c *Catalogue) May(preset string, grants []privyseal.Grant) []Said {
	grants = slices.Clone(grants)
	slices.SortStableFunc(grants, func(a, b privyseal.Grant) int {
		return cmp.Or(
			width(a.Permission)-width(b.Permission),
			strings.Compare(scopeOf(a.Permission), scopeOf(b.Permission)),
			weight(a)-weight(b),
			later(a, b), // the one that lasts longest
		)
	})
	var out []Said
	consent := false
	for i, g := range grants {
		link, ok := follows(grants[:i], g)
		if !ok {
			continue
		}
		if link == "" && narrower(grants[:i], g.Permission) {
			link = "link-apart"
		}
		out = append(out, Said{"grant:" + g.ID, c.after(link, c.Grant(g))})
		consent = consent || effective(g) == privyseal.Allow
	}
	p, _ := policy.Preset(preset)
	for _, l := range p.Lines {
		link, ok := overrides(grants, l.Permission)
		if !ok {
			continue
		}
		if link == "" && narrower(grants, l.Permission) {
			link = "link-apart"
		}
		out = append(out, Said{"preset:" + p.Name + "/" + l.ID, c.after(link, c.presetLine(l))})
		consent = consent || l.Verdict == privyseal.Allow
	}
	if consent {
		out = append(out, Said{Sentence: c.say("all-else")})
	}
	return out
}

// width orders permissions: kind and target, kind, target, neither.
func width(p nip46.Permission) int {
	n := 3
	if p.Kind != nil {
		n -= 2
	}
	if p.Target != "" {
		n--
	}
	return n
}

func scopeOf(p nip46.Permission) string {
	p.Budget, p.For = nip46.Budget{}, 0
	return p.String()
}

// weight orders the grants of one scope as policy does.
func weight(g privyseal.Grant) int {
	switch effective(g) {
	case privyseal.Ask:
		return 1
	case privyseal.Allow:
		if g.Permission.Budget != (nip46.Budget{}) {
			return 3
		}
		return 2
	case privyseal.Refuse:
	}
	return 0
}

// later puts the grant that lasts longer first.
func later(a, b privyseal.Grant) int {
	x, y := policy.End(a), policy.End(b)
	switch {
	case x.Equal(y):
		return 0
	case x.IsZero(), !y.IsZero() && x.After(y):
		return -1
	}
	return 1
}

// follows says how a grant stands to those of its scope that weigh more: it
// comes to nothing while they hold, unless it outlasts them or reaches further.
func follows(before []privyseal.Grant, g privyseal.Grant) (link string, ok bool) {
	for _, b := range before {
		if !b.Permission.SameScope(g.Permission) {
			continue
		}
		limited := weight(b) == 3 && weight(g) == 3
		further := effective(b) == privyseal.Allow && effective(g) == privyseal.Allow && !policy.Reach(b).AtLeast(policy.Reach(g))
		switch {
		case limited || further:
			link = cmp.Or(link, "link-besides")
		case later(g, b) < 0:
			link = "link-after"
		default:
			return "", false
		}
	}
	return link, true
}

// overrides says how a preset's line stands to the grants: one that speaks about
// all that the line does comes first, as long as it lasts.
func overrides(grants []privyseal.Grant, line nip46.Permission) (link string, ok bool) {
	for _, g := range grants {
		switch {
		case !covers(g.Permission, line):
		case policy.End(g).IsZero():
			return "", false
		default:
			link = "link-after"
		}
	}
	return link, true
}

// narrower reports a grant that says more than p about a part of what p covers.
func narrower(grants []privyseal.Grant, p nip46.Permission) bool {
	return slices.ContainsFunc(grants, func(g privyseal.Grant) bool {
		return covers(p, g.Permission) && !p.SameScope(g.Permission)
	})
}

// after links a sentence to the one before: "After that, it may …".
func (c *Catalogue) after(link, sentence string) string {
	if link == "" {
		return sentence
	}
	return c.say(link, "sentence", strings.ToLower(sentence[:1])+sentence[1:])
}
