package notice

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// Bounds of what is kept.
const (
	MaxWays      = 50
	MaxOfPerson  = 10 // browsers of one person
	maxRelays    = 8
	maxTokenSize = 512
)

// The kinds of ways.
const (
	KindBrowser = "browser" // Web Push
	KindNtfy    = "ntfy"    // an ntfy topic, or another place that takes a text
	KindMessage = "message" // a private message over Nostr (NIP-17)
	KindCommand = "command" // a program of this computer's owner; not kept
)

// Way is one way to tell somebody.
type Way struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"`
	Added  time.Time `json:"added"`
	Person string    `json:"person,omitempty"` // whose browser it is
	Label  string    `json:"label,omitempty"`  // what the browser says it is
	// Of a browser.
	Browser *Browser `json:"browser,omitempty"`
	// Of ntfy. Who knows the address may read and write there.
	URL   string `json:"url,omitempty"`
	Token string `json:"token,omitempty"`
	// Of a message.
	To     *nostr.PubKey `json:"to,omitempty"`
	Relays []string      `json:"relays,omitempty"`
}

// Kept is what is kept of all ways, sealed.
type Kept struct {
	Key  []byte `json:"key,omitempty"` // see [Key.Bytes]
	Ways []Way  `json:"ways"`
}

// Parse reads it.
func Parse(raw []byte) (k Kept, err error) { return k, json.Unmarshal(raw, &k) }

// Add keeps one more, in place of the same one if there is one.
func (k *Kept) Add(w Way) error {
	ways := slices.DeleteFunc(slices.Clone(k.Ways), func(o Way) bool { return o.same(w) })
	mine := 0
	for _, o := range ways {
		if w.Person != "" && o.Person == w.Person {
			mine++
		}
	}
	if len(ways) >= MaxWays || mine >= MaxOfPerson {
		return privyseal.E(privyseal.KindLimit, "there are too many ways to be told already", "remove one first: privyseal notify remove")
	}
	k.Ways = append(ways, w)
	return nil
}

func (w Way) same(o Way) bool {
	switch {
	case w.Kind != o.Kind:
		return false
	case w.Browser != nil && o.Browser != nil:
		return w.Browser.Endpoint == o.Browser.Endpoint
	case w.To != nil && o.To != nil:
		return *w.To == *o.To
	}
	return w.URL != "" && w.URL == o.URL
}

// Remove keeps one less.
func (k *Kept) Remove(id string) { k.Ways = without(k.Ways, func(w Way) bool { return w.ID == id }) }

// Keep keeps only the browsers of people there are.
func (k *Kept) Keep(person func(id string) bool) {
	k.Ways = without(k.Ways, func(w Way) bool { return w.Person != "" && !person(w.Person) })
}

func without(ways []Way, drop func(Way) bool) []Way {
	return slices.DeleteFunc(slices.Clone(ways), drop)
}

// Where is where a way leads, as it may be shown: the rest of an address lets
// whoever knows it read along.
func (w Way) Where() string {
	switch {
	case w.Browser != nil:
		return w.Browser.Host()
	case w.To != nil:
		return w.To.Npub()
	}
	if u, err := url.Parse(w.URL); err == nil {
		return u.Host
	}
	return ""
}

// Steps are the ways in the order they are tried: each by itself, but all
// browsers together.
func (k Kept) Steps() (out [][]Way) {
	browsers := -1
	for _, w := range k.Ways {
		switch {
		case w.Kind != KindBrowser:
			out = append(out, []Way{w})
		case browsers < 0:
			browsers, out = len(out), append(out, []Way{w})
		default:
			out[browsers] = append(out[browsers], w)
		}
	}
	return out
}

// NewNtfy is an ntfy topic or another place that takes a text by POST.
func NewNtfy(address, token string) (Way, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Fragment != "" || strings.Trim(u.Path, "/") == "" || len(address) > 2048 {
		return Way{}, privyseal.E(privyseal.KindInvalid, "that is not the address of a topic", "for example: privyseal notify ntfy https://ntfy.sh/a-name-nobody-guesses")
	}
	if len(token) > maxTokenSize || strings.ContainsAny(token, " \r\n\t") {
		return Way{}, privyseal.E(privyseal.KindInvalid, "that is not an access token", "put it in a file, on one line: --token-file FILE")
	}
	return Way{Kind: KindNtfy, URL: address, Token: token}, nil
}

// NewMessage is a private message to a key, by these relays.
func NewMessage(to string, relays []string) (Way, error) {
	pub, err := nostr.ParsePubKey(to)
	if err != nil {
		return Way{}, privyseal.E(privyseal.KindInvalid, "“"+to+"” is not a public key", "for example: privyseal notify message npub1…")
	}
	if len(relays) > maxRelays {
		return Way{}, privyseal.E(privyseal.KindInvalid, "these are too many relays", "name a few that it is read on")
	}
	return Way{Kind: KindMessage, To: &pub, Relays: relays}, nil
}

// Ntfy is what is sent to a topic.
func (w Way) Ntfy(text, title, link string) Push {
	h := map[string]string{"Content-Type": "text/plain; charset=utf-8", "Title": title, "Priority": "high"}
	if link != "" {
		h["Click"] = link
	}
	if w.Token != "" {
		h["Authorization"] = "Bearer " + w.Token
	}
	return Push{Headers: h, Body: []byte(text)}
}
