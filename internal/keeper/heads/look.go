package heads

import (
	"crypto/sha256"
	"slices"
	"time"

	"github.com/privyseal/privyseal/nostr"
)

// maxAhead is how far ahead of our clock an event may be stamped that is
// believed (T25).
const maxAhead = 15 * time.Minute

// maxHome bounds the relays of a person that are asked.
const maxHome = 6

// General are the filters of a look at everything of an author that counts most.
func General(author nostr.PubKey) []nostr.Filter {
	return []nostr.Filter{{Authors: []nostr.PubKey{author}, Kinds: slices.Clone(general), Limit: new(len(general))}}
}

// InGeneral reports whether a general look tells of a kind.
func InGeneral(k nostr.Kind) bool { return slices.Contains(general, k) }

// Only are the filters of a look at one thing.
func Only(author nostr.PubKey, k nostr.Kind, d string) []nostr.Filter {
	f := nostr.Filter{Authors: []nostr.PubKey{author}, Kinds: []nostr.Kind{k}, Limit: new(5)}
	if k.IsAddressable() {
		f.Tags = map[string][]string{"d": {d}}
	}
	return []nostr.Filter{f}
}

// Of are the filters of a look at people's profiles.
func Of(people []nostr.PubKey) []nostr.Filter {
	return []nostr.Filter{{Authors: people, Kinds: []nostr.Kind{0}, Limit: new(len(people))}}
}

// ByID are the filters of a look at events of an author.
func ByID(author nostr.PubKey, ids []nostr.ID) []nostr.Filter {
	return []nostr.Filter{{IDs: ids, Authors: []nostr.PubKey{author}, Limit: new(len(ids))}}
}

// Named names a look at something that is no version.
func Named(author nostr.PubKey, what string) [32]byte {
	return sha256.Sum256(append([]byte("privyseal look 1"+string(author[:])), what...))
}

// Believed reads one event that a relay brought: it is what was asked for, it is
// the author's, and it is not stamped in the future.
func Believed(raw []byte, filters []nostr.Filter, now time.Time) (*nostr.Event, bool) {
	e, err := nostr.ParseEvent(raw)
	if err != nil || !slices.ContainsFunc(filters, func(f nostr.Filter) bool { return f.Match(e) }) {
		return nil, false
	}
	if e.CreatedAt > now.Add(maxAhead).Unix() || e.Verify() != nil {
		return nil, false
	}
	return e, true
}

// Home is where a person posts: the relays of a relay list that are written to
// (NIP-65), normalised, the first few.
func Home(list *nostr.Event) (urls []string) {
	for _, t := range list.Tags {
		if len(t) < 2 || t[0] != "r" || len(t) > 2 && t[2] == "read" {
			continue
		}
		u, err := nostr.NormalizeRelayURL(t[1])
		if err != nil || slices.Contains(urls, u) {
			continue
		}
		if urls = append(urls, u); len(urls) == maxHome {
			break
		}
	}
	return urls
}
