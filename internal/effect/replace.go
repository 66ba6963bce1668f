package effect

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/privyseal/privyseal"
)

// unchecked says that what would be lost is not known.
func (w *weigher) unchecked() bool { return w.f.Head == nil && w.f.HeadState != HeadNone }

// blind has what counts most asked whatever was granted, when nobody can tell
// what would be lost (T26).
func (w *weigher) blind() { w.dark = w.unchecked() }

// compared says of what is more than everyday that an older version of it may
// go, where none is looked at.
func (w *weigher) compared() {
	said := slices.ContainsFunc(w.e.Reasons, func(r Reason) bool {
		return slices.Contains([]string{ReasonUnchecked, ReasonReplaces, ReasonEmpties}, r.Code)
	})
	if replaceable(w.t.Kind) && w.unchecked() && w.e.Base.AtLeast(privyseal.L2) && !said {
		w.tell(Reason{Code: ReasonUncompared})
	}
}

// article is a text that takes the place of an older one.
func (w *weigher) article() {
	s := &w.e.Summary
	s.Title = title(w.t.Tags)
	switch h := w.f.Head; {
	case w.unchecked():
		w.lift(Reason{Code: ReasonUnchecked})
	case h != nil:
		s.Known, s.OldTitle, s.OldTime = true, title(h.Tags), h.CreatedAt
		w.tell(Reason{Code: ReasonReplaces})
		if len(w.t.Content)*5 < len(h.Content) {
			w.guard(Reason{Code: ReasonGutted})
		}
	}
}

// appData is NIP-78's: one app's settings, unless another wrote them last.
func (w *weigher) appData() {
	if other := w.otherApp(); other != "" {
		w.e.Act = ActAppDataOther
	}
	h := w.f.Head
	w.e.Summary.Known = h != nil
	if w.t.Content == "" && (h == nil || h.Content != "") {
		w.atLeast(privyseal.L2, Reason{Code: ReasonEmpties})
	}
}

// otherApp names another app that wrote this d tag last.
func (w *weigher) otherApp() string {
	d, ok := one(w.t.Tags, "d")
	if !ok {
		return ""
	}
	if w.f.DataApp == nil {
		w.lift(Reason{Code: ReasonMaybeApp})
		return ""
	}
	name := w.f.DataApp(w.t.Kind, d)
	if name != "" {
		w.atLeast(privyseal.L2, Reason{Code: ReasonOtherApp, Text: name})
	}
	return name
}

// profile compares what a profile says with what it said.
func (w *weigher) profile() {
	after := fields(w.t.Content)
	if len(after) == 0 {
		w.e.Summary.Known = w.f.Head != nil
		w.guard(Reason{Code: ReasonEmpties})
		return
	}
	s := &w.e.Summary
	s.Title = after["name"]
	tips, before := payTo(after), map[string]string{}
	switch {
	case w.unchecked():
		w.raise(Reason{Code: ReasonUnchecked})
		w.blind()
		if tips != "" {
			w.tell(Reason{Code: ReasonWallet, Text: tips})
		}
		return
	case w.f.Head != nil:
		before = fields(w.f.Head.Content)
	}
	s.Known, s.Changes = true, changes(before, after)
	if gone := erased(s.Changes); gone > 0 {
		w.guard(Reason{Code: ReasonErases, N: int64(gone)})
	}
	if old := payTo(before); old != "" && tips != "" && old != tips {
		w.guard(Reason{Code: ReasonWallet, Text: tips})
	}
	if n := after["nip05"]; n != "" && n != before["nip05"] {
		w.tell(Reason{Code: ReasonAddress, Text: n})
	}
	if n := after["name"]; n != "" && n != before["name"] && (w.f.Namesake == nil || w.f.Namesake(n)) {
		w.raise(Reason{Code: ReasonNamesake})
	}
}

// payTo is where a profile's tips go.
func payTo(fields map[string]string) string {
	if a := fields["lud16"]; a != "" {
		return a
	}
	return fields["lud06"]
}

// changes are the fields that differ, in the order of their names.
func changes(before, after map[string]string) (cs []Field) {
	for f, was := range before {
		if after[f] != was {
			cs = append(cs, Field{f, was, after[f]})
		}
	}
	for f, is := range after {
		if _, had := before[f]; !had {
			cs = append(cs, Field{Name: f, To: is})
		}
	}
	slices.SortFunc(cs, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return cs
}

func erased(cs []Field) (n int) {
	for _, c := range cs {
		if c.To == "" {
			n++
		}
	}
	return n
}

// fields are the filled text fields of a profile.
func fields(content string) map[string]string {
	var raw map[string]any
	_ = json.Unmarshal([]byte(content), &raw) // what is no object has none
	m := map[string]string{}
	for k, v := range raw {
		if s, ok := v.(string); ok && s != "" {
			m[k] = s
		}
	}
	return m
}
