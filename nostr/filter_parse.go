package nostr

import "math"

const (
	errFilterIDs     malformed = "ids of a filter is not a list of 64 lower-case hex digits each"
	errFilterAuthors malformed = "authors of a filter is not a list of 64 lower-case hex digits each"
	errFilterKinds   malformed = "kinds of a filter is not a list of integers from 0 to 65535"
	errFilterTag     malformed = "a tag condition of a filter is not a list of strings"
	errFilterHex     malformed = "#e or #p of a filter is not a list of 64 lower-case hex digits each"
	errFilterSince   malformed = "since of a filter is not a time in whole seconds"
	errFilterUntil   malformed = "until of a filter is not a time in whole seconds"
	errFilterLimit   malformed = "limit of a filter is not a count"
	errFilterTwice   malformed = "a condition of a filter appears twice"
	errFilterValues  malformed = "too many values in a filter"
)

// ParseFilter parses one filter strictly (NIP-01). Unknown keys, also "#" with
// more than one letter, are ignored. At most [MaxFilterValues] values in all.
func ParseFilter(b []byte) (*Filter, error) {
	s := newScanner(b, MaxMessageSize)
	f := new(Filter)
	s.filter(f)
	if err := s.finish(); err != nil {
		return nil, err
	}
	return f, nil
}

func (s *scanner) filter(f *Filter) {
	values := 0
	s.open('{', errObject)
	for n := 0; s.next(n, '}'); n++ {
		key := s.key()
		switch string(key) {
		case "ids":
			s.once(f.IDs != nil)
			f.IDs = []ID{}
			for s.value(errFilterIDs, &values, len(f.IDs)) {
				var id ID
				s.hex(id[:], errFilterIDs)
				f.IDs = append(f.IDs, id)
			}
		case "authors":
			s.once(f.Authors != nil)
			f.Authors = []PubKey{}
			for s.value(errFilterAuthors, &values, len(f.Authors)) {
				var pk PubKey
				s.hex(pk[:], errFilterAuthors)
				f.Authors = append(f.Authors, pk)
			}
		case "kinds":
			s.once(f.Kinds != nil)
			f.Kinds = []Kind{}
			for s.value(errFilterKinds, &values, len(f.Kinds)) {
				f.Kinds = append(f.Kinds, Kind(s.integer(math.MaxUint16, errFilterKinds)))
			}
		case "since":
			s.once(f.Since != nil)
			f.Since = new(s.integer(math.MaxInt64, errFilterSince))
		case "until":
			s.once(f.Until != nil)
			f.Until = new(s.integer(math.MaxInt64, errFilterUntil))
		case "limit":
			s.once(f.Limit != nil)
			f.Limit = new(int(s.integer(math.MaxInt32, errFilterLimit)))
		default:
			if len(key) == 2 && key[0] == '#' && 'a' <= key[1]|0x20 && key[1]|0x20 <= 'z' {
				s.tagCondition(f, string(key[1:]), &values)
			} else {
				s.skip(MaxDepth - 1)
			}
		}
	}
}

// once refuses a condition that was seen before.
func (s *scanner) once(seen bool) {
	if seen {
		s.fail(errFilterTwice)
	}
}

// value reports whether the n-th value of a list follows, opening the list
// before the first and counting all values of the filter.
func (s *scanner) value(err error, values *int, n int) bool {
	if n == 0 {
		s.open('[', err)
	}
	if !s.next(n, ']') {
		return false
	}
	if *values++; *values > MaxFilterValues {
		s.fail(errFilterValues)
	}
	return s.err == nil
}

func (s *scanner) tagCondition(f *Filter, name string, values *int) {
	_, seen := f.Tags[name]
	s.once(seen)
	s.reset()
	hex := name == "e" || name == "p"
	var id [32]byte
	for s.value(errFilterTag, values, len(s.ends)) {
		start := len(s.buf)
		s.gather(errFilterTag)
		if hex && s.err == nil && !decodeHex(id[:], s.buf[start:]) {
			s.fail(errFilterHex)
		}
	}
	if s.err != nil {
		return
	}
	if f.Tags == nil {
		f.Tags = make(map[string][]string)
	}
	f.Tags[name] = s.split(string(s.buf), 0)
}
