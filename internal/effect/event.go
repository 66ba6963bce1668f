package effect

import (
	"strconv"
	"strings"

	"github.com/privyseal/privyseal/nostr"
)

func count(tags nostr.Tags, names ...string) int {
	n := 0
	for _, t := range tags {
		if len(t) > 1 {
			for _, name := range names {
				if t[0] == name {
					n++
				}
			}
		}
	}
	return n
}

// knownTags are the tags whose meaning the checks or every reader know.
var knownTags = func() map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq("a A d e E h i I k K l L p P q r t u x alt amount challenge client " +
		"content-warning description emoji expiration image imeta lnurl location m method name nonce " +
		"option payload poll price proxy published_at relay relays server size start end status subject " +
		"summary thumb title url word zap group public_key") {
		m[w] = true
	}
	return m
}()

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

// toPerson names whom it concerns, when that is one person.
func (w *weigher) toPerson() {
	v, ok := one(w.t.Tags, "p")
	if !ok {
		return
	}
	if pk, err := nostr.ParsePubKey(v); err == nil {
		w.e.Person = pk
	}
}

const manyPeople = 10

func (w *weigher) post() {
	w.e.Summary.Quote = true
	if w.e.Act == ActPost && count(w.t.Tags, "e") > 0 {
		w.e.Act = ActReply
	}
	if n := count(w.t.Tags, "p"); n > manyPeople {
		w.raise(Reason{Code: ReasonMentions, N: int64(n)})
	}
	w.e.Summary.Title = title(w.t.Tags)
}

func (w *weigher) react() {
	w.toPerson()
	w.e.Summary.Emoji = w.t.Content
	if w.t.Content == "" || w.t.Content == "+" {
		w.e.Summary.Emoji = "❤"
	}
}

func (w *weigher) oldMessage() {
	w.toPerson()
	w.tell(Reason{Code: ReasonLeak})
	w.tell(Reason{Code: ReasonUnseen})
}

// sealed is NIP-59's seal: its content is sealed and its tags must be empty.
func (w *weigher) sealed() {
	w.tell(Reason{Code: ReasonUnseen})
	if len(w.t.Tags) > 0 {
		w.raise(Reason{Code: ReasonTagsSeal})
	}
}

const manyDeletes = 10

func (w *weigher) deletion() {
	n := count(w.t.Tags, "e", "a")
	w.e.Summary.Items = n
	if n > manyDeletes {
		w.guard(Reason{Code: ReasonRemoves, N: int64(n)})
	}
	older, core := false, false
	for _, t := range w.t.Tags {
		if len(t) < 2 {
			continue
		}
		kind := t[1]
		if t[0] == "a" {
			older = true
			kind, _, _ = strings.Cut(t[1], ":")
		} else if t[0] != "k" {
			continue
		}
		switch kind {
		case "0", "3", "10002":
			core = true
		}
	}
	if older {
		w.tell(Reason{Code: ReasonAllOlder})
	}
	if core {
		w.guard(Reason{Code: ReasonCore})
	}
}

const manyBadges = 20

func (w *weigher) giveBadge() {
	w.toPerson()
	n := count(w.t.Tags, "p")
	w.e.Summary.Items = n
	if n > manyBadges {
		w.raise(Reason{Code: ReasonManyGet, N: int64(n)})
	}
}

func (w *weigher) report() {
	w.toPerson()
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

// tip is NIP-57's request for a bill; amounts are in millisatoshis.
func (w *weigher) tip() {
	w.toPerson()
	v, _ := one(w.t.Tags, "amount")
	if msat, err := strconv.ParseInt(v, 10, 64); err == nil {
		w.e.Summary.Amount = sats(msat)
	}
}

func (w *weigher) offer() { w.e.Summary.Title = title(w.t.Tags) }

// bid is NIP-15's; its content is an amount in satoshis.
func (w *weigher) bid() {
	if n, err := strconv.ParseInt(w.t.Content, 10, 64); err == nil && n > 0 {
		w.e.Summary.Amount = n
	}
}

// sats rounds millisatoshis up; nothing below one.
func sats(msat int64) int64 {
	if msat <= 0 {
		return 0
	}
	return (msat-1)/1000 + 1
}

func (w *weigher) unknown() {
	switch k := w.t.Kind; {
	case replaceable(k):
		w.tell(Reason{Code: ReasonReplaces})
	case k.IsEphemeral():
		w.tell(Reason{Code: ReasonNotKept})
	}
}

func title(tags nostr.Tags) string {
	for _, name := range []string{"title", "name", "subject", "d"} {
		if v, ok := one(tags, name); ok {
			return v
		}
	}
	return ""
}
