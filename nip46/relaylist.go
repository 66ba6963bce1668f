package nip46

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/privyseal/privyseal/nostr"
)

// ParseRelayList reads the result of switch_relays as a client: a JSON list of
// relay URLs, also when it is quoted once more. changed is false, and relays
// is nil, when there is nothing to change: "null", "", "[]", or the "ack" of
// some signers. Relays come normalized, each once, in the signer's order; bad
// ones are dropped, and a list of only bad ones is an error.
func ParseRelayList(result string) (relays []string, changed bool, err error) {
	result = strings.TrimSpace(result)
	if strings.HasPrefix(result, `"`) {
		var inner string
		if json.Unmarshal([]byte(result), &inner) == nil {
			result = strings.TrimSpace(inner)
		}
	}
	switch result {
	case "", "null", "ack":
		return nil, false, nil
	}
	var list []json.RawMessage
	if len(result) > MaxLinkSize || json.Unmarshal([]byte(result), &list) != nil {
		return nil, false, errors.New("the signer's relay list is not a list of URLs")
	}
	if len(list) == 0 {
		return nil, false, nil
	}
	for _, item := range list {
		var s string
		if json.Unmarshal(item, &s) != nil {
			continue
		}
		u, err := nostr.NormalizeRelayURL(strings.TrimSpace(s))
		if err == nil && len(relays) < maxRelays && !slices.Contains(relays, u) {
			relays = append(relays, u)
		}
	}
	if len(relays) == 0 {
		return nil, false, errors.New("the signer's relay list has no relay that can be used")
	}
	return relays, true, nil
}

// FormatRelayList is the result of switch_relays as a signer gives it: a
// sorted JSON list in a string, "null" when there is nothing to change.
func FormatRelayList(relays []string) string {
	if len(relays) == 0 {
		return "null"
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(relays)))
	dst := []byte{'['}
	for i, r := range sorted {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, r)
	}
	return string(append(dst, ']'))
}
