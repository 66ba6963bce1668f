package words

import (
	"maps"
	"strings"

	"github.com/privyseal/privyseal/internal/effect"
)

// pseudo is a catalogue made to look foreign: letters with marks, and longer by
// a third, as translations are.
func pseudo(from *Catalogue) *Catalogue {
	c := *from
	c.lang = PseudoLang
	c.limits = limits{title: from.limits.title * 2, words: from.limits.words * 2}
	c.quotes = [2]string{"‹", "›"}
	c.point = "'"
	c.acts = map[effect.Act]sentence{}
	for act, s := range from.acts {
		p := sentence{wants: foreign(s.wants), may: foreign(s.may), yes: foreign(s.yes), no: foreign(s.no)}
		for _, l := range s.lines {
			p.lines = append(p.lines, foreign(l))
		}
		c.acts[act] = p
	}
	for _, table := range []*map[string]string{&c.reasons, &c.blocked, &c.refusals, &c.phrases, &c.pages, &c.kit, &c.fields, &c.details, &c.rules, &c.origins} {
		*table = maps.Clone(*table)
		for id, text := range *table {
			(*table)[id] = foreign(text)
		}
	}
	c.counted = maps.Clone(from.counted)
	for id, forms := range from.counted {
		c.counted[id] = [2]string{foreign(forms[0]), foreign(forms[1])}
	}
	for i, m := range from.may {
		c.may[i] = foreign(m)
	}
	for i, m := range from.months {
		c.months[i] = foreign(m)
	}
	return &c
}

var marked = strings.NewReplacer("a", "á", "e", "é", "i", "í", "o", "ó", "u", "ú", "y", "ý",
	"A", "Á", "E", "É", "I", "Í", "O", "Ó", "U", "Ú", "c", "ç", "n", "ñ", "s", "š")

// foreign marks the letters of a template, but for its placeholders, and makes
// long words longer.
func foreign(s string) string {
	var b strings.Builder
	for s != "" {
		text, rest, holds := strings.Cut(s, "{")
		for i, w := range strings.Split(text, " ") {
			if i > 0 {
				b.WriteByte(' ')
			}
			word := strings.TrimRight(w, ".,:;?!")
			b.WriteString(marked.Replace(word))
			if len(word) > 5 {
				b.WriteString("éé")
			}
			b.WriteString(w[len(word):])
		}
		if !holds {
			break
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString("{" + name + "}")
		s = after
	}
	return b.String()
}
