// Package herald keeps what relays were told of where this signer is found
// (NIP-89, kind 31990 for kind 24133): what to say, what to take back, and to
// whom that is still owed. It signs and sends nothing, names no person and no
// app, and tries a relay that does not want it only now and then.
package herald

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/privyseal/privyseal/nip46"
	"github.com/privyseal/privyseal/nostr"
)

// Kinds of what is said.
const (
	KindHandler  = nostr.Kind(31990)
	kindDeletion = nostr.Kind(5)
	d            = "privyseal" // the one announcement of a key
)

// When a relay is tried again, and when it is left alone after a withdrawal.
const (
	unreachedFor = 30 * time.Second // doubled each time, up to
	unreachedMax = time.Hour
	refusedFor   = 6 * time.Hour
	oweFor       = 7 * 24 * time.Hour
)

// Wish is what apps should find; the zero one is nothing.
type Wish struct {
	Page   string   `json:"page,omitempty"`   // the nostrconnect_url
	Name   string   `json:"name,omitempty"`   // the host
	Relays []string `json:"relays,omitempty"` // where the signer listens
}

func (w Wish) none() bool { return w.Page == "" }

func (w Wish) same(o Wish) bool {
	return w.Page == o.Page && w.Name == o.Name && slices.Equal(w.Relays, o.Relays)
}

// Place is a relay and what it has been told.
type Place struct {
	Has  bool      `json:"has"`
	Why  string    `json:"why,omitempty"`  // why not
	Next time.Time `json:"next,omitzero"`  // when it is tried again
	Vain int       `json:"vain,omitempty"` // times in a row that it was not reached
}

// Told is what was said last, and to whom. The zero one is nothing to nobody.
type Told struct {
	Wish   Wish              `json:"wish"`
	Stamp  int64             `json:"stamp,omitempty"` // of the newest event
	Events []json.RawMessage `json:"events,omitempty"`
	Places map[string]Place  `json:"places,omitempty"`
}

// Holds reports whether what was said is what should be.
func (t *Told) Holds(w Wish) bool { return t.Wish.same(w) }

// Templates are what to sign so that w holds, later than all that was said: the
// announcement, or an empty one in its place and its deletion.
func (t *Told) Templates(w Wish, key nostr.PubKey, now time.Time) []nostr.Template {
	at := max(now.Unix(), t.Stamp+1)
	if w.none() {
		return []nostr.Template{
			{Kind: KindHandler, CreatedAt: at, Tags: nostr.Tags{{"d", d}}},
			{Kind: kindDeletion, CreatedAt: at, Tags: nostr.Tags{{"a", strconv.Itoa(int(KindHandler)) + ":" + key.String() + ":" + d}, {"k", strconv.Itoa(int(KindHandler))}}},
		}
	}
	tags := nostr.Tags{{"d", d}, {"k", strconv.Itoa(int(nip46.Kind))}}
	for _, r := range w.Relays {
		tags = append(tags, []string{"relay", r})
	}
	tags = append(tags, []string{"nostrconnect_url", w.Page})
	about, err := json.Marshal(map[string]string{"name": w.Name, "about": "A remote signer (Privy Seal).", "nip05": "_@" + w.Name})
	if err != nil {
		panic(err) // strings
	}
	return []nostr.Template{{Kind: KindHandler, CreatedAt: at, Tags: tags, Content: string(about)}}
}

// Say takes up that events are to be told instead: to whom is there, or for a
// withdrawal to all who ever heard.
func (t *Told) Say(w Wish, events []*nostr.Event) {
	t.Wish, t.Events = w, nil
	for _, e := range events {
		t.Events, t.Stamp = append(t.Events, e.AppendJSON(nil)), max(t.Stamp, e.CreatedAt)
	}
	for url := range t.Places {
		t.Places[url] = Place{}
	}
}

// Owed are those to be told now, of the relays that are there.
func (t *Told) Owed(there []string, now time.Time) (urls []string) {
	if len(t.Events) == 0 {
		return nil
	}
	if t.Places == nil {
		t.Places = map[string]Place{}
	}
	if t.Wish.none() {
		if now.After(time.Unix(t.Stamp, 0).Add(oweFor)) {
			clear(t.Places)
		}
	} else {
		for _, url := range there {
			if _, known := t.Places[url]; !known {
				t.Places[url] = Place{}
			}
		}
	}
	for _, url := range slices.Sorted(maps.Keys(t.Places)) {
		if p := t.Places[url]; !p.Has && !now.Before(p.Next) {
			urls = append(urls, url)
		}
	}
	return urls
}

// Said takes in what a relay answered to all events.
func (t *Told) Said(url string, ok, reached bool, why string, now time.Time) {
	switch {
	case ok && t.Wish.none():
		delete(t.Places, url)
	case ok:
		t.Places[url] = Place{Has: true}
	case reached:
		t.Places[url] = Place{Why: why, Next: now.Add(refusedFor)}
	default:
		n := t.Places[url].Vain
		t.Places[url] = Place{Why: why, Vain: n + 1, Next: now.Add(min(unreachedFor<<min(n, 8), unreachedMax))}
	}
}
