package effect

import (
	"encoding/json"
	"slices"
	"sort"
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

// entries are the values of a list's tags, under the names given, or under
// any name that is not a heading.
func entries(tags nostr.Tags, names ...string) map[string]bool {
	m := map[string]bool{}
	for _, t := range tags {
		if len(t) < 2 {
			continue
		}
		if len(names) > 0 && slices.Contains(names, t[0]) ||
			len(names) == 0 && !slices.Contains([]string{"d", "title", "name", "description", "image", "alt", "client"}, t[0]) {
			m[t[0]+" "+t[1]] = true
		}
	}
	return m
}

// diff counts what the new version adds and removes.
func (w *weigher) diff(names ...string) {
	after, s := entries(w.t.Tags, names...), &w.e.Summary
	s.Items, s.Title = len(after), title(w.t.Tags)
	if w.f.Head == nil {
		return
	}
	before := entries(w.f.Head.Tags, names...)
	s.Known, s.Before = true, len(before)
	for v := range after {
		if !before[v] {
			s.Added++
		}
	}
	for v := range before {
		if !after[v] {
			s.Removed++
		}
	}
}

// loses weighs the diff: share is the percentage that may go unasked.
func (w *weigher) loses(share int) {
	switch s := w.e.Summary; {
	case s.Items == 0 && w.t.Content == "" && (!s.Known || s.Before > 0):
		w.guard(Reason{Code: ReasonEmpties, N: int64(s.Before)})
	case s.Removed >= manyRemoved, s.Removed > someRemoved && s.Removed*100 > s.Before*share:
		w.guard(Reason{Code: ReasonRemoves, N: int64(s.Removed)})
	case s.Removed > someRemoved:
		w.atLeast(privyseal.L2, Reason{Code: ReasonReplaces, N: int64(s.Removed)})
	}
}

func (w *weigher) follows() {
	w.diff("p")
	if !w.e.Summary.Known {
		w.atLeast(privyseal.L3, Reason{Code: ReasonUnchecked})
	}
	w.loses(10)
}

// list is a list of NIP-51: its content, if any, is a sealed private part.
func (w *weigher) list() {
	w.diff()
	switch {
	case !w.e.Summary.Known:
		w.raise(Reason{Code: ReasonUnchecked})
	case w.f.Head.Content != "" && w.t.Content == "":
		w.guard(Reason{Code: ReasonHidden})
	}
	if w.t.Content != "" {
		w.tell(Reason{Code: ReasonPrivate})
	}
	w.loses(20)
}

func (w *weigher) mute() {
	w.list()
	if n := w.e.Summary.Removed; n >= mutesRemoved && n < manyRemoved {
		w.raise(Reason{Code: ReasonReplaces, N: int64(n)})
	}
}

func (w *weigher) places() {
	w.diff("r", "relay", "server")
	s := w.e.Summary
	switch {
	case s.Items == 0:
		w.guard(Reason{Code: ReasonEmpties, N: int64(s.Before)})
	case s.Items > placesTooMany:
		w.atLeast(privyseal.L3, Reason{Code: ReasonManyGet, N: int64(s.Items)})
	case !s.Known:
		w.raise(Reason{Code: ReasonUnchecked})
	case s.Before > 0 && s.Removed == s.Before:
		w.guard(Reason{Code: ReasonRemoves, N: int64(s.Removed)})
	}
}

func (w *weigher) article() {
	w.e.Summary.Title = title(w.t.Tags)
	if w.f.Head == nil {
		return
	}
	w.e.Summary.Known = true
	w.tell(Reason{Code: ReasonReplaces})
	if len(w.t.Content)*5 < len(w.f.Head.Content) {
		w.guard(Reason{Code: ReasonGutted})
	}
}

func (w *weigher) appData() {
	if w.t.Content != "" || w.f.Head != nil && w.f.Head.Content == "" {
		return
	}
	w.atLeast(privyseal.L2, Reason{Code: ReasonEmpties})
}

// profile compares what a profile says with what it said.
func (w *weigher) profile() {
	after, ok := fields(w.t.Content)
	if !ok || len(after) == 0 {
		w.guard(Reason{Code: ReasonEmpties})
		return
	}
	w.e.Summary.Title = after["name"]
	tips := after["lud16"] + after["lud06"]
	if w.f.Head == nil {
		w.raise(Reason{Code: ReasonUnchecked})
		if tips != "" {
			w.tell(Reason{Code: ReasonWallet, Text: tips})
		}
		return
	}
	before, _ := fields(w.f.Head.Content)
	w.e.Summary.Known = true
	var gone []string
	for k := range before {
		if after[k] == "" {
			gone = append(gone, k)
		}
	}
	sort.Strings(gone)
	if len(gone) > 0 {
		w.guard(Reason{Code: ReasonErases, N: int64(len(gone)), Text: strings.Join(gone, ", ")})
	}
	if old := before["lud16"] + before["lud06"]; old != "" && tips != "" && old != tips {
		w.guard(Reason{Code: ReasonWallet, Text: tips})
	}
}

// fields are the filled text fields of a profile.
func fields(content string) (map[string]string, bool) {
	var raw map[string]any
	if json.Unmarshal([]byte(content), &raw) != nil || raw == nil {
		return nil, false
	}
	m := map[string]string{}
	for k, v := range raw {
		if s, ok := v.(string); ok && s != "" {
			m[k] = s
		}
	}
	return m, true
}
