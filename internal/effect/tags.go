package effect

import (
	"slices"
	"strings"

	"github.com/privyseal/privyseal/nostr"
)

// one is the value of a tag that must be there exactly once.
func one(tags nostr.Tags, name string) (string, bool) {
	value, n := "", 0
	for _, t := range tags {
		if len(t) > 0 && t[0] == name {
			n++
			if len(t) > 1 {
				value = t[1]
			}
		}
	}
	return value, n == 1 && value != ""
}

// values are the values of all tags of one name.
func values(tags nostr.Tags, name string) (vs []string) {
	for _, t := range tags {
		if len(t) > 1 && t[0] == name {
			vs = append(vs, t[1])
		}
	}
	return vs
}

func count(tags nostr.Tags, names ...string) int {
	n := 0
	for _, t := range tags {
		if len(t) > 1 && slices.Contains(names, t[0]) {
			n++
		}
	}
	return n
}

func title(tags nostr.Tags) string {
	for _, name := range []string{"title", "name", "subject", "d"} {
		if v, ok := one(tags, name); ok {
			return v
		}
	}
	return ""
}

// knownTags are the tags whose meaning the checks or every reader know.
var knownTags = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("a A d D e E g h i I k K l L m p P q r t u x alt amount challenge client " +
		"content-warning description emoji end expiration image imeta location lnurl method mint name nonce " +
		"option payload poll polltype price proof proxy published_at relay relays response server size start " +
		"status subject summary thumb title url word zap group public_key") {
		m[w] = true
	}
	return m
}()

const maxBigTags = 4 << 10 // bytes of tags whose names we do not know

// bigTags raises the level when much is said in tags nobody is shown (T23).
func (w *weigher) bigTags() {
	size := 0
	for _, t := range w.t.Tags {
		if len(t) > 0 && knownTags[t[0]] {
			continue
		}
		for _, s := range t {
			size += len(s)
		}
	}
	if size > maxBigTags {
		w.raise(Reason{Code: ReasonTags, N: int64(size)})
	}
}

// about names whom it concerns, when that is one person.
func (w *weigher) about() {
	v, ok := one(w.t.Tags, "p")
	if !ok {
		return
	}
	if pk, err := nostr.ParsePubKey(v); err == nil {
		w.e.Person = pk
	}
}

// named is what has a title and words of its own.
func (w *weigher) named() {
	w.e.Summary.Title = title(w.t.Tags)
	w.e.Summary.Quote = true
}
