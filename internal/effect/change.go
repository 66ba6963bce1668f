package effect

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/privyseal/privyseal/nostr"
)

// Change is how a version differs from another.
type Change struct {
	Added, Removed int     // tags
	Fields         []Field // of a profile, by name
	Text           bool    // the content differs otherwise
}

// Field is one field of a profile that differs; "" is an absent one.
type Field struct{ Name, From, To string }

// Diff says what changes from one version to another. Order does not count.
func Diff(from, to *nostr.Event) (c Change) {
	left := map[string]int{}
	for _, t := range from.Tags {
		left[strings.Join(t, "\x00")]++
	}
	for _, t := range to.Tags {
		if k := strings.Join(t, "\x00"); left[k] > 0 {
			left[k]--
		} else {
			c.Added++
		}
	}
	for _, n := range left {
		c.Removed += n
	}
	if from.Content == to.Content {
		return c
	}
	a, b := texts(from), texts(to)
	for _, name := range slices.Sorted(maps.Keys(merged(a, b))) {
		if a[name] != b[name] {
			c.Fields = append(c.Fields, Field{name, a[name], b[name]})
		}
	}
	c.Text = len(c.Fields) == 0
	return c
}

// Same reports whether two versions say the same.
func Same(a, b *nostr.Event) bool {
	return a.Content == b.Content && slices.EqualFunc(a.Tags, b.Tags, func(x, y nostr.Tag) bool { return slices.Equal(x, y) })
}

// texts are a profile's fields, as texts.
func texts(e *nostr.Event) map[string]string {
	var raw map[string]json.RawMessage
	if e.Kind != 0 || json.Unmarshal([]byte(e.Content), &raw) != nil {
		return nil
	}
	m := make(map[string]string, len(raw))
	for k, v := range raw {
		var s string
		if json.Unmarshal(v, &s) != nil {
			s = string(v)
		}
		m[k] = s
	}
	return m
}

func merged(a, b map[string]string) map[string]string {
	m := maps.Clone(a)
	if m == nil {
		m = map[string]string{}
	}
	maps.Copy(m, b)
	return m
}

// Entries counts what a version lists: its tags, but for those that name or
// describe it.
func Entries(e *nostr.Event) (n int) {
	for _, t := range e.Tags {
		if len(t) > 1 && !slices.Contains(headings, t[0]) {
			n++
		}
	}
	return n
}
