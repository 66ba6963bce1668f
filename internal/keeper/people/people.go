// Package people remembers, in memory, who people are to an identity: whom it
// follows, what they call themselves, where their tips go, and the names that
// the person gave. It refuses to call anything the person's own word that an app
// may have written, and to look anybody up itself.
package people

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/privyseal/privyseal"
	"github.com/privyseal/privyseal/nostr"
)

// Bounds of what is remembered.
const (
	maxProfiles = 5000
	maxName     = 64 // characters
	steadyFor   = 7 * 24 * time.Hour
)

// Book is what is known of people. Make one with [New].
type Book struct {
	mu       sync.RWMutex
	given    map[nostr.PubKey]string
	follows  map[string]follows // by identity
	profiles map[nostr.PubKey]profile
}

type follows struct {
	version nostr.ID
	keys    map[nostr.PubKey]bool
}

type profile struct {
	name, wallet string
	stamp        int64
	since        int64 // the wallet is in use at least since then
}

// New makes a book.
func New() *Book {
	return &Book{given: map[nostr.PubKey]string{}, follows: map[string]follows{}, profiles: map[nostr.PubKey]profile{}}
}

// ParseNames reads the names a person gives: "Bea=npub1…, Tom=npub1…".
func ParseNames(s string) (map[nostr.PubKey]string, error) {
	names := map[nostr.PubKey]string{}
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		name, key, ok := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		pk, err := nostr.ParsePubKey(strings.TrimSpace(key))
		if !ok || err != nil || name == "" || len([]rune(name)) > maxName || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return nil, privyseal.E(privyseal.KindInvalid, "“"+part+"” is not a name for somebody", "for example: Bea=npub1…, Tom=npub1…")
		}
		names[pk] = name
	}
	return names, nil
}

// Give sets the names that the person gave.
func (b *Book) Give(names map[nostr.PubKey]string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.given = names
}

// Follows notes an identity's follow list.
func (b *Book) Follows(identity string, list *nostr.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.follows[identity].version == list.ID {
		return
	}
	f := follows{list.ID, make(map[nostr.PubKey]bool, len(list.Tags))}
	for _, t := range list.Tags {
		if len(t) > 1 && t[0] == "p" {
			if pk, err := nostr.ParsePubKey(t[1]); err == nil {
				f.keys[pk] = true
			}
		}
	}
	b.follows[identity] = f
}

// Followed reports whether an identity follows somebody.
func (b *Book) Followed(identity string, pk nostr.PubKey) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.follows[identity].keys[pk]
}

// Unknown are up to most of those whom an identity follows and whose profile is
// not known.
func (b *Book) Unknown(identity string, most int) (keys []nostr.PubKey) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for pk := range b.follows[identity].keys {
		if _, ok := b.profiles[pk]; !ok {
			keys = append(keys, pk)
		}
	}
	slices.SortFunc(keys, func(a, b nostr.PubKey) int { return slices.Compare(a[:], b[:]) })
	return keys[:min(len(keys), most)]
}

// Profile notes what somebody says of themselves (kind 0), if it is newer.
func (b *Book) Profile(e *nostr.Event) {
	var said struct {
		Name    string `json:"name"`
		Display string `json:"display_name"`
		Lud16   string `json:"lud16"`
		Lud06   string `json:"lud06"`
	}
	_ = json.Unmarshal([]byte(e.Content), &said) // what is not there is empty
	p := profile{name: strings.TrimSpace(said.Display), wallet: said.Lud16 + "\x00" + said.Lud06, stamp: e.CreatedAt, since: e.CreatedAt}
	if name := strings.TrimSpace(said.Name); name != "" {
		p.name = name
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	old, known := b.profiles[e.PubKey]
	switch {
	case known && old.stamp >= p.stamp:
		return
	case known && old.wallet == p.wallet:
		p.since = old.since
	case !known && len(b.profiles) >= maxProfiles:
		clear(b.profiles)
	}
	b.profiles[e.PubKey] = p
}

// Known reports whether somebody's profile is known.
func (b *Book) Known(pk nostr.PubKey) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	_, ok := b.profiles[pk]
	return ok
}

// Name is what the person calls somebody, else what their profile says.
func (b *Book) Name(pk nostr.PubKey) string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if n := b.given[pk]; n != "" {
		return n
	}
	return b.profiles[pk].name
}

// Petname reports whether Name is the person's own word.
func (b *Book) Petname(pk nostr.PubKey) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.given[pk] != ""
}

// Namesake reports whether somebody whom an identity follows, or named, goes by
// a name. Those whose profile is not known may: then it is not said.
func (b *Book) Namesake(identity string, self nostr.PubKey, name string) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	name = strings.TrimSpace(name)
	for pk, n := range b.given {
		if pk != self && strings.EqualFold(n, name) {
			return true
		}
	}
	for pk := range b.follows[identity].keys {
		if pk != self && b.profiles[pk].name != "" && strings.EqualFold(b.profiles[pk].name, name) {
			return true
		}
	}
	return false
}

// WalletChanged reports whether somebody's tips may go to another wallet than
// seven days ago; of strangers they may.
func (b *Book) WalletChanged(pk nostr.PubKey, now time.Time) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	p, ok := b.profiles[pk]
	return !ok || now.Sub(time.Unix(p.since, 0)) < steadyFor
}

// Forget drops what is known of an identity.
func (b *Book) Forget(identity string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.follows, identity)
}
