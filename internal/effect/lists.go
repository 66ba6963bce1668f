package effect

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// Thresholds of what a new version may take away (words catalogue).
const (
	manyRemoved   = 10
	someRemoved   = 3
	mutesRemoved  = 3
	placesTooMany = 10
)

var headings = []string{"d", "title", "name", "description", "image", "alt", "client"}

// entries are a list's tags in their order, each once: those of the names given,
// or all that are no heading.
func entries(tags nostr.Tags, names ...string) (es []Entry) {
	seen := map[Entry]bool{}
	for _, t := range tags {
		if len(t) < 2 || len(names) > 0 && !slices.Contains(names, t[0]) || len(names) == 0 && slices.Contains(headings, t[0]) {
			continue
		}
		if e := (Entry{Tag: t[0], Value: t[1]}); !seen[e] {
			seen[e] = true
			es = append(es, e)
		}
	}
	return es
}

// diff counts and names what the new version adds and removes, and answers what
// is added.
func (w *weigher) diff(before, after nostr.Tags, names ...string) (added []Entry) {
	is, was, s := entries(after, names...), []Entry(nil), &w.e.Summary
	s.Items, s.Title = len(is), title(w.t.Tags)
	if w.unchecked() {
		return is
	}
	was = entries(before, names...)
	added = without(is, was)
	gone := without(was, is)
	s.Known, s.Before, s.Added, s.Removed = true, len(was), len(added), len(gone)
	s.New, s.Gone = w.naming(added), w.naming(gone)
	return added
}

func without(a, b []Entry) (left []Entry) {
	in := make(map[Entry]bool, len(b))
	for _, e := range b {
		in[e] = true
	}
	for _, e := range a {
		if !in[e] {
			left = append(left, e)
		}
	}
	return left
}

// naming says who the first few are, if they are people.
func (w *weigher) naming(es []Entry) []Entry {
	es = slices.Clone(es[:min(few, len(es))])
	for i, e := range es {
		if pk, err := nostr.ParsePubKey(e.Value); e.Tag == "p" && err == nil {
			es[i].Who = w.who(pk)
		}
	}
	return es
}

func (w *weigher) headTags() nostr.Tags {
	if w.f.Head == nil {
		return nil
	}
	return w.f.Head.Tags
}

// loses weighs the diff: share is the percentage that may go unasked.
func (w *weigher) loses(share int) {
	switch s := &w.e.Summary; {
	case s.Items == 0 && w.t.Content == "" && (!s.Known || s.Before > 0):
		w.guard(Reason{Code: ReasonEmpties, N: int64(s.Before)})
		s.Type = s.Removed
	case s.Removed >= manyRemoved, s.Removed > someRemoved && s.Removed*100 > s.Before*share:
		w.guard(Reason{Code: ReasonRemoves, N: int64(s.Removed)})
		if s.Before >= manyRemoved && s.Removed*2 > s.Before {
			s.Type = s.Removed
		}
	case s.Removed > someRemoved:
		w.atLeast(privyseal.L2, Reason{Code: ReasonReplaces, N: int64(s.Removed)})
	}
}

func (w *weigher) follows() {
	w.diff(w.headTags(), w.t.Tags, "p")
	if w.f.Head == nil { // nobody who follows people has no list, whatever relays say
		w.e.Summary.Known = false
		w.atLeast(privyseal.L3, Reason{Code: ReasonUnchecked})
		w.blind()
	}
	w.loses(10)
}

// list is a list of NIP-51, or made like one: its content may be a sealed
// private part.
func (w *weigher) list() { w.listed() }

// listed reports whether the whole list could be read.
func (w *weigher) listed() bool {
	before, after, all := w.headTags(), w.t.Tags, true
	hides := HidesPart(w.t.Kind)
	was, is, known := w.private()
	switch {
	case !hides:
	case known:
		before, after = slices.Concat(before, was), slices.Concat(after, is)
	case w.t.Content != "":
		all = w.f.Head != nil && w.f.Head.Content == w.t.Content
		w.tell(Reason{Code: ReasonPrivate})
	}
	w.diff(before, after)
	switch {
	case !w.e.Summary.Known:
		w.raise(Reason{Code: ReasonUnchecked})
	case hides && w.f.Head != nil && w.f.Head.Content != "" && w.t.Content == "":
		w.guard(Reason{Code: ReasonHidden})
	}
	if w.t.Kind.IsAddressable() {
		w.otherApp()
	}
	w.loses(20)
	return all
}

// private are the private parts as tags, when those on both sides can be read:
// then the difference counts them too.
func (w *weigher) private() (was, is nostr.Tags, ok bool) {
	if h := w.f.Head; h != nil && h.Content != "" {
		if w.f.HeadPrivate == nil {
			return nil, nil, false
		}
		if was, ok = tagsOf(*w.f.HeadPrivate); !ok {
			return nil, nil, false
		}
	}
	if w.t.Content == "" {
		return was, nil, true
	}
	text, _, known := w.unsealed(w.t.Content)
	is, ok = tagsOf(text)
	return was, is, ok && known
}

// HidesPart reports whether the content of a kind is a sealed private part of
// a list.
func HidesPart(k nostr.Kind) bool {
	switch {
	case k == 10000, k == 10001, k >= 10003 && k <= 10009, k == 10012, k == 10013, k == 10015, k == 10020, k == 10030,
		k == 10054, k == 10064, k == 30000, k >= 30002 && k <= 30008, k == 30015, k == 30030, k == 30267, k == 39089, k == 39092:
		return true
	}
	return false
}

func tagsOf(text string) (tags nostr.Tags, ok bool) {
	return tags, json.Unmarshal([]byte(text), &tags) == nil
}

func (w *weigher) mute() {
	all := w.listed()
	switch n := w.e.Summary.Removed; {
	case n >= mutesRemoved && n < manyRemoved:
		w.raise(Reason{Code: ReasonReplaces, N: int64(n)})
	case !all:
		w.raise(Reason{Code: ReasonUnseen})
	}
}

// places are relays, or hosts of files (NIP-65, NIP-17, BUD-03).
func (w *weigher) places() {
	added := w.diff(w.headTags(), w.t.Tags, "r", "relay", "server")
	s := w.e.Summary
	switch {
	case s.Items == 0:
		w.guard(Reason{Code: ReasonEmpties, N: int64(s.Before)})
	case s.Items > placesTooMany:
		w.atLeast(privyseal.L3, Reason{Code: ReasonTooMany, N: int64(s.Items)})
	case !s.Known:
		w.raise(Reason{Code: ReasonUnchecked})
		w.blind()
	case s.Before > 0 && s.Removed == s.Before:
		w.guard(Reason{Code: ReasonRemoves, N: int64(s.Removed)})
	}
	if host := w.strangePlace(added); host != "" && w.t.Kind == 10002 {
		w.atLeast(privyseal.L3, Reason{Code: ReasonNewPlace, Text: host})
	}
}

// strangePlace is the first relay that the person never used.
func (w *weigher) strangePlace(added []Entry) string {
	for _, e := range added {
		url, err := nostr.NormalizeRelayURL(e.Value)
		host := strings.TrimPrefix(strings.TrimPrefix(url, "wss://"), "ws://")
		listed := err == nil && w.f.RelayListed != nil && w.f.RelayListed(url)
		if !listed && !w.usedHost(host) {
			if err != nil {
				return e.Value
			}
			return host
		}
	}
	return ""
}

// banks are where ecash is taken (NIP-61): its banks, and the places asked.
func (w *weigher) banks() {
	w.diff(w.headTags(), w.t.Tags, "mint", "relay", "pubkey")
	if !w.e.Summary.Known {
		w.tell(Reason{Code: ReasonUnchecked})
	}
}
