package relay

import (
	"encoding/hex"

	"github.com/privyseal/privyseal/nostr"
)

// axis is the part of an event by which a filter is found.
type axis uint8

const (
	byRecipient axis = iota
	byAuthor
	byID
	axes
)

// key is a public key or an event id.
type key = [32]byte

// filter is a NIP-01 filter made ready for the index: an event is compared with
// it only after it was found under one of keys, so that axis is not compared
// again, and no list is walked.
type filter struct {
	axis    axis
	keys    []key
	ids     map[key]bool // nil: any
	authors map[key]bool // nil: any
	legacy  bool         // wants kind 24135
	request bool         // wants kind 24133
	tags    map[string][]string
	since   *int64
	until   *int64
	limit   *int
}

// broad reports whether a filter would watch traffic of everybody: it wants our
// kinds and names no recipient, author or event.
func broad(f *nostr.Filter) bool {
	request, legacy := wanted(f.Kinds)
	return (request || legacy) && f.Tags["p"] == nil && f.Authors == nil && f.IDs == nil
}

// compile makes a filter ready; it is nil if no event of ours can ever pass.
func compile(f *nostr.Filter) *filter {
	c := &filter{since: f.Since, until: f.Until, limit: f.Limit}
	c.request, c.legacy = wanted(f.Kinds)
	if !c.request && !c.legacy {
		return nil
	}
	c.axis = axes
	for name, values := range f.Tags {
		if values == nil {
			continue
		}
		if name != "p" {
			if c.tags == nil {
				c.tags = make(map[string][]string)
			}
			c.tags[name] = values
			continue
		}
		c.axis = byRecipient
		for _, v := range values {
			if k, ok := parseKey(v); ok {
				c.keys = append(c.keys, k)
			}
		}
	}
	if f.Authors != nil {
		if c.axis == axes {
			c.axis = byAuthor
			for _, k := range f.Authors {
				c.keys = append(c.keys, k)
			}
		} else {
			c.authors = setOf(f.Authors)
		}
	}
	if f.IDs != nil {
		if c.axis == axes {
			c.axis = byID
			for _, k := range f.IDs {
				c.keys = append(c.keys, k)
			}
		} else {
			c.ids = setOf(f.IDs)
		}
	}
	if len(c.keys) == 0 {
		return nil
	}
	return c
}

// match compares everything but the axis the event was found by.
func (c *filter) match(e *nostr.Event) bool {
	switch e.Kind {
	case kindRequest:
		if !c.request {
			return false
		}
	case kindLegacy:
		if !c.legacy {
			return false
		}
	default:
		return false
	}
	if c.since != nil && e.CreatedAt < *c.since || c.until != nil && e.CreatedAt > *c.until {
		return false
	}
	if c.ids != nil && !c.ids[e.ID] || c.authors != nil && !c.authors[e.PubKey] {
		return false
	}
	for name, values := range c.tags {
		if !hasTag(e, name, values) {
			return false
		}
	}
	return true
}

func hasTag(e *nostr.Event, name string, values []string) bool {
	for _, t := range e.Tags {
		if len(t) < 2 || t[0] != name {
			continue
		}
		for _, v := range values {
			if t[1] == v {
				return true
			}
		}
	}
	return false
}

func wanted(kinds []nostr.Kind) (request, legacy bool) {
	if kinds == nil {
		return true, true
	}
	for _, k := range kinds {
		request = request || k == kindRequest
		legacy = legacy || k == kindLegacy
	}
	return request, legacy
}

// parseKey reads 64 lower-case hex digits, the only form NIP-01 allows.
func parseKey(s string) (k key, ok bool) {
	if len(s) != 64 {
		return k, false
	}
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'F' {
			return k, false
		}
	}
	_, err := hex.Decode(k[:], []byte(s))
	return k, err == nil
}

func setOf[K ~[32]byte](keys []K) map[key]bool {
	set := make(map[key]bool, len(keys))
	for _, k := range keys {
		set[key(k)] = true
	}
	return set
}
