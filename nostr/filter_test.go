package nostr

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// matchNaive is NIP-01 word by word.
func matchNaive(f *Filter, e *Event) bool {
	in := func(has bool, list []string, values ...string) bool {
		if !has {
			return true
		}
		for _, want := range list {
			for _, v := range values {
				if v == want {
					return true
				}
			}
		}
		return false
	}
	text := func(list any) (out []string) {
		v := reflect.ValueOf(list)
		for i := range v.Len() {
			out = append(out, fmt.Sprint(v.Index(i)))
		}
		return out
	}
	ok := in(f.IDs != nil, text(f.IDs), fmt.Sprint(e.ID)) &&
		in(f.Authors != nil, text(f.Authors), fmt.Sprint(e.PubKey)) &&
		in(f.Kinds != nil, text(f.Kinds), fmt.Sprint(e.Kind))
	for name, values := range f.Tags {
		var have []string
		for _, tag := range e.Tags {
			if len(tag) >= 2 && tag[0] == name {
				have = append(have, tag[1])
			}
		}
		ok = ok && in(true, values, have...)
	}
	if f.Since != nil {
		ok = ok && *f.Since <= e.CreatedAt
	}
	if f.Until != nil {
		ok = ok && e.CreatedAt <= *f.Until
	}
	return ok
}

func TestMatchAgainstReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, e := genFilter.Draw(t, "filter"), genNearEvent.Draw(t, "event")
		if got, want := f.Match(e), matchNaive(f, e); got != want {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

func TestMatch(t *testing.T) {
	e := &Event{ID: ID{1}, PubKey: PubKey{2}, Kind: 3, CreatedAt: 100, Tags: Tags{{"t"}, {"t", "x", "hidden"}, {"T", "y"}}}
	for _, c := range []struct {
		name string
		f    Filter
		want bool
	}{
		{"any", Filter{}, true},
		{"limit is no condition", Filter{Limit: new(0)}, true},
		{"id", Filter{IDs: []ID{{9}, {1}}}, true},
		{"another id", Filter{IDs: []ID{{9}}}, false},
		{"empty ids", Filter{IDs: []ID{}}, false},
		{"empty authors", Filter{Authors: []PubKey{}}, false},
		{"empty kinds", Filter{Kinds: []Kind{}}, false},
		{"empty tag values", Filter{Tags: map[string][]string{"t": {}}}, false},
		{"since inclusive", Filter{Since: new(int64(100))}, true},
		{"since later", Filter{Since: new(int64(101))}, false},
		{"until inclusive", Filter{Until: new(int64(100))}, true},
		{"until earlier", Filter{Until: new(int64(99))}, false},
		{"tag", Filter{Tags: map[string][]string{"t": {"z", "x"}}}, true},
		{"only a tag's first value", Filter{Tags: map[string][]string{"t": {"hidden"}}}, false},
		{"a tag without value", Filter{Tags: map[string][]string{"t": {""}}}, false},
		{"tag names have case", Filter{Tags: map[string][]string{"t": {"y"}}}, false},
		{"all conditions", Filter{IDs: []ID{{1}}, Kinds: []Kind{4}}, false},
	} {
		if got := c.f.Match(e); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestFilterRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := genFilter.Draw(t, "filter")
		b := f.AppendJSON(nil)
		if got, err := ParseFilter(b); err != nil || !reflect.DeepEqual(got, f) {
			t.Fatalf("%s: %v %+v", b, err, got)
		}
	})
}

func TestFilterInEncodingJSON(t *testing.T) {
	in := []Filter{{Kinds: []Kind{1}, Tags: map[string][]string{"t": {"x"}}}, {}}
	b, err := json.Marshal(&in)
	if err != nil || string(b) != `[{"kinds":[1],"#t":["x"]},{}]` {
		t.Fatalf("%v %s", err, b)
	}
	var out []Filter
	if err := json.Unmarshal(b, &out); err != nil || !reflect.DeepEqual(in, out) {
		t.Fatalf("%v %+v", err, out)
	}
	if err := json.Unmarshal([]byte(`[{"ids":null}]`), &out); !errors.Is(err, errFilterIDs) {
		t.Fatal(err)
	}
}

func hexList(n int) string {
	return `["` + strings.TrimSuffix(strings.Repeat(strings.Repeat("ab", 32)+`","`, n), `","`) + `"]`
}

func TestParseFilter(t *testing.T) {
	for _, c := range []struct{ in, out string }{
		{`{}`, `{}`},
		{`{"search":"x","#long":[1],"and":[{"a":{}}],"":null}`, `{}`},
		{` { "limit" : 0 , "since":1,"until":9223372036854775807, "kinds":[] } `, `{"kinds":[],"since":1,"until":9223372036854775807,"limit":0}`},
		{`{"#t":["b","a\u000a"],"#T":[],"#d":[""]}`, `{"#T":[],"#d":[""],"#t":["b","a\n"]}`},
		{`{"#p":` + hexList(2100) + `}`, `{"#p":` + hexList(2100) + `}`},
	} {
		f, err := ParseFilter([]byte(c.in))
		if err != nil {
			t.Errorf("%.80s: %v", c.in, err)
		} else if got := string(f.AppendJSON(nil)); got != c.out {
			t.Errorf("%.80s: %.200s", c.in, got)
		}
	}
}

func TestParseFilterRefuses(t *testing.T) {
	h := strings.Repeat("ab", 32)
	for _, c := range []struct {
		name, in string
		want     error
	}{
		{"empty", ``, errObject},
		{"array", `[]`, errObject},
		{"trailing", `{}{}`, errTrailing},
		{"null ids", `{"ids":null}`, errFilterIDs},
		{"short id", `{"ids":["ab"]}`, errFilterIDs},
		{"upper-case author", `{"authors":["` + strings.ToUpper(h) + `"]}`, errFilterAuthors},
		{"author a number", `{"authors":[1]}`, errFilterAuthors},
		{"large kind", `{"kinds":[65536]}`, errFilterKinds},
		{"quoted kind", `{"kinds":["1"]}`, errFilterKinds},
		{"negative since", `{"since":-1}`, errFilterSince},
		{"fractional since", `{"since":1.5}`, errFilterSince},
		{"huge until", `{"until":9223372036854775808}`, errFilterUntil},
		{"negative limit", `{"limit":-1}`, errFilterLimit},
		{"huge limit", `{"limit":2147483648}`, errFilterLimit},
		{"#e not hex", `{"#e":["x"]}`, errFilterHex},
		{"#p upper case", `{"#p":["` + strings.ToUpper(h) + `"]}`, errFilterHex},
		{"tag a string", `{"#t":"x"}`, errFilterTag},
		{"number in tag", `{"#t":[1]}`, errFilterTag},
		{"ids twice", `{"ids":[],"ids":[]}`, errFilterTwice},
		{"limit twice", `{"limit":1,"limit":2}`, errFilterTwice},
		{"tag twice", `{"#t":[],"#t":["x"]}`, errFilterTwice},
		{"too deep", `{"x":` + strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth) + `}`, errDepth},
		{"trailing comma", `{"ids":["` + h + `",]}`, errJSON},
		{"too many in one list", `{"kinds":[` + strings.Repeat("1,", MaxFilterValues) + `1]}`, errFilterValues},
		{"too many in all", `{"kinds":[` + strings.Repeat("1,", MaxFilterValues/2) + `1],"#t":[` + strings.Repeat(`"",`, MaxFilterValues/2) + `""]}`, errFilterValues},
		{"too large", `{"x":"` + strings.Repeat("x", MaxMessageSize) + `"}`, ErrTooLarge},
	} {
		if f, err := ParseFilter([]byte(c.in)); !errors.Is(err, c.want) || f != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

func FuzzParseFilter(f *testing.F) {
	h := strings.Repeat("ab", 32)
	f.Add([]byte(`{"ids":["` + h + `"],"authors":[],"kinds":[1,24133],"#p":["` + h + `"],"#t":["x"],"since":1,"until":2,"limit":3,"search":"x"}`))
	f.Add([]byte(`{"#e":["x"],"ids":null}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		filter, err := ParseFilter(b)
		if err != nil {
			return
		}
		again, err := ParseFilter(filter.AppendJSON(nil))
		if err != nil || !reflect.DeepEqual(again, filter) {
			t.Fatalf("%q: %v, %+v then %+v", b, err, filter, again)
		}
		filter.Match(&Event{Tags: Tags{{}, {"t"}, {"t", "x"}}})
	})
}
