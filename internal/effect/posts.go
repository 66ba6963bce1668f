package effect

import (
	"net/url"
	"strings"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// Paces above which an app is not as usual (words catalogue).
const (
	notesPerHour       = 10
	reactionsPerMinute = 30
	reportsPerDay      = 3
	tipsPerHour        = 5
)

const manyPeople = 10

// post is text for people to read.
func (w *weigher) post() {
	w.e.Summary.Quote = true
	if n := count(w.t.Tags, "p"); n > manyPeople {
		w.raise(Reason{Code: ReasonMentions, N: int64(n)})
	}
	w.e.Summary.Title = title(w.t.Tags)
}

func (w *weigher) note() {
	if w.e.Act == ActPost && count(w.t.Tags, "e") > 0 {
		w.e.Act = ActReply
	}
	w.post()
	w.often(notesPerHour, time.Hour)
}

func (w *weigher) publicMessage() {
	w.about()
	w.note()
}

func (w *weigher) react() {
	w.about()
	w.e.Summary.Emoji = w.t.Content
	if w.t.Content == "" || w.t.Content == "+" {
		w.e.Summary.Emoji = "❤"
	}
	w.often(reactionsPerMinute, time.Minute)
}

// media shows files at hosts.
func (w *weigher) media() {
	w.post()
	for _, host := range fileHosts(w.t.Tags) {
		if !w.usedHost(host) {
			w.raise(Reason{Code: ReasonNewHost, Text: host})
			return
		}
	}
}

func (w *weigher) mediaPage() {
	w.media()
	w.article()
}

const manyDeletes = 10

// deletion is NIP-09: it names events, addresses, and maybe their kinds.
func (w *weigher) deletion() {
	s := &w.e.Summary
	s.Items = count(w.t.Tags, "e", "a")
	if s.Items > manyDeletes {
		w.guard(Reason{Code: ReasonManyGone, N: int64(s.Items)})
	}
	older, core := false, false
	for _, t := range w.t.Tags {
		if len(t) < 2 {
			continue
		}
		var kind string
		switch t[0] {
		case "a":
			older = true
			kind, _, _ = strings.Cut(t[1], ":")
		case "k":
			kind = t[1]
		case "e":
		default:
			continue
		}
		if ev := w.find(t[1]); ev != nil {
			core = core || ev.Kind == 0 || ev.Kind == 3 || ev.Kind == 10002
			if len(s.Gone) < few {
				s.Gone = append(s.Gone, Entry{Tag: t[0], Value: headline(ev)})
			}
		}
		core = core || kind == "0" || kind == "3" || kind == "10002"
	}
	if older {
		w.tell(Reason{Code: ReasonAllOlder})
	}
	if core {
		w.guard(Reason{Code: ReasonCore})
	}
}

// headline is what a person knows an event by: its title, else its text.
func headline(ev *nostr.Event) string {
	if t, ok := one(ev.Tags, "title"); ok {
		return t
	}
	return ev.Content
}

// vanish is NIP-62: everything, at one relay or at all.
func (w *weigher) vanish() {
	if u, err := url.Parse(strings.Join(values(w.t.Tags, "relay"), "")); err == nil {
		w.e.Host = u.Host
	}
	w.block(ReasonVanish)
}

func (w *weigher) report() {
	w.about()
	w.often(reportsPerDay, 24*time.Hour)
	for _, t := range w.t.Tags {
		if len(t) > 2 && (t[0] == "p" || t[0] == "e") {
			w.e.Summary.Title = t[2]
			if t[2] == "illegal" {
				w.raise(Reason{Code: ReasonIllegal})
				return
			}
		}
	}
}

// vote is NIP-88: the poll's id, and the ids of the options chosen.
func (w *weigher) vote() {
	poll, _ := one(w.t.Tags, "e")
	chosen := values(w.t.Tags, "response")
	if ev := w.find(poll); ev != nil {
		for i, id := range chosen {
			for _, t := range ev.Tags {
				if len(t) > 2 && t[0] == "option" && t[1] == id {
					chosen[i] = t[2]
				}
			}
		}
	}
	w.e.Summary.Option = strings.Join(chosen, ", ")
	switch {
	case w.f.Voted == nil:
		w.tell(Reason{Code: ReasonVotedMaybe})
	case w.f.Voted(poll):
		w.tell(Reason{Code: ReasonVoted})
	}
}

func (w *weigher) unknown() {
	switch k := w.t.Kind; {
	case replaceable(k):
		w.tell(Reason{Code: ReasonReplaces})
	case k.IsEphemeral():
		w.tell(Reason{Code: ReasonNotKept})
	}
}
