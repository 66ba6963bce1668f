package nostr

import (
	"maps"
	"slices"
	"strconv"
)

// Match reports whether an event passes the filter (NIP-01): every condition
// that is present must hold, since and until inclusive; limit is no condition.
// Of a tag only the first value counts.
func (f *Filter) Match(e *Event) bool {
	if f.IDs != nil && !slices.Contains(f.IDs, e.ID) ||
		f.Authors != nil && !slices.Contains(f.Authors, e.PubKey) ||
		f.Kinds != nil && !slices.Contains(f.Kinds, e.Kind) ||
		f.Since != nil && e.CreatedAt < *f.Since ||
		f.Until != nil && e.CreatedAt > *f.Until {
		return false
	}
	for name, values := range f.Tags {
		if values != nil && !e.Tags.has(name, values) {
			return false
		}
	}
	return true
}

// has reports whether a tag of that name has one of the values.
func (t Tags) has(name string, values []string) bool {
	return slices.ContainsFunc(t, func(tag Tag) bool {
		return len(tag) > 1 && tag[0] == name && slices.Contains(values, tag[1])
	})
}

// AppendJSON appends the filter as compact JSON, tags in the order of their names.
func (f *Filter) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	key := func(name string) {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, name), ':')
	}
	if f.IDs != nil {
		key("ids")
		dst = appendList(dst, f.IDs, func(dst []byte, id ID) []byte { return appendHex(dst, id[:]) })
	}
	if f.Authors != nil {
		key("authors")
		dst = appendList(dst, f.Authors, func(dst []byte, pk PubKey) []byte { return appendHex(dst, pk[:]) })
	}
	if f.Kinds != nil {
		key("kinds")
		dst = appendList(dst, f.Kinds, func(dst []byte, k Kind) []byte { return strconv.AppendUint(dst, uint64(k), 10) })
	}
	for _, name := range slices.Sorted(maps.Keys(f.Tags)) {
		if values := f.Tags[name]; values != nil {
			key("#" + name)
			dst = appendList(dst, values, appendString)
		}
	}
	if f.Since != nil {
		key("since")
		dst = strconv.AppendInt(dst, *f.Since, 10)
	}
	if f.Until != nil {
		key("until")
		dst = strconv.AppendInt(dst, *f.Until, 10)
	}
	if f.Limit != nil {
		key("limit")
		dst = strconv.AppendInt(dst, int64(*f.Limit), 10)
	}
	return append(dst, '}')
}

// MarshalJSON is [Filter.AppendJSON].
func (f Filter) MarshalJSON() ([]byte, error) { return f.AppendJSON(nil), nil }

// UnmarshalJSON is [ParseFilter].
func (f *Filter) UnmarshalJSON(b []byte) error {
	parsed, err := ParseFilter(b)
	if err != nil {
		return err
	}
	*f = *parsed
	return nil
}
