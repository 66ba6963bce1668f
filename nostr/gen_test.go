package nostr

import (
	"strings"

	"pgregory.net/rapid"
)

// text draws strings that are hard for JSON: escapes, controls, U+2028, astral
// characters.
var text = rapid.StringOf(rapid.OneOf(
	rapid.RuneFrom([]rune("abc \"\\/\b\f\n\r\t\x00\x01\x1f\x7f<>&\u2028\u2029é€😀\U0010ffff\ufffd")),
	rapid.Rune(),
)).Filter(func(s string) bool { return strings.ToValidUTF8(s, "") == s })

func genBytes[T ~[32]byte]() *rapid.Generator[T] {
	return rapid.Custom(func(t *rapid.T) T {
		return T(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "bytes"))
	})
}

var genTags = rapid.Custom(func(t *rapid.T) Tags {
	name := rapid.OneOf(rapid.SampledFrom([]string{"e", "p", "d", "t", "relay", ""}), text)
	tags := make(Tags, rapid.IntRange(0, 6).Draw(t, "tags"))
	for i := range tags {
		tags[i] = append(Tag{name.Draw(t, "name")}, rapid.SliceOfN(text, 0, 4).Draw(t, "values")...)
	}
	return tags
})

var genEvent = rapid.Custom(func(t *rapid.T) *Event {
	e := &Event{
		ID:        genBytes[ID]().Draw(t, "id"),
		PubKey:    genBytes[PubKey]().Draw(t, "pubkey"),
		CreatedAt: rapid.Int64Range(0, MaxTimestamp).Draw(t, "created_at"),
		Kind:      Kind(rapid.Uint16().Draw(t, "kind")),
		Tags:      genTags.Draw(t, "tags"),
		Content:   text.Draw(t, "content"),
	}
	copy(e.Sig[:], rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "sig"))
	return e
})

// few draws from a small set, so that filters meet events.
func few[T ~[32]byte]() *rapid.Generator[T] {
	return rapid.Custom(func(t *rapid.T) T {
		return T{31: rapid.ByteRange(0, 2).Draw(t, "few")}
	})
}

var genFilter = rapid.Custom(func(t *rapid.T) *Filter {
	f := new(Filter)
	has := rapid.Bool()
	moment := rapid.Int64Range(0, 5)
	if has.Draw(t, "ids") {
		f.IDs = rapid.SliceOfN(few[ID](), 0, 3).Draw(t, "ids")
	}
	if has.Draw(t, "authors") {
		f.Authors = rapid.SliceOfN(few[PubKey](), 0, 3).Draw(t, "authors")
	}
	if has.Draw(t, "kinds") {
		f.Kinds = rapid.SliceOfN(rapid.Map(rapid.Uint16Range(0, 3), func(k uint16) Kind { return Kind(k) }), 0, 3).Draw(t, "kinds")
	}
	if has.Draw(t, "since") {
		f.Since = new(moment.Draw(t, "since"))
	}
	if has.Draw(t, "until") {
		f.Until = new(moment.Draw(t, "until"))
	}
	if has.Draw(t, "limit") {
		f.Limit = new(rapid.IntRange(0, 1000).Draw(t, "limit"))
	}
	for _, name := range []string{"t", "d", "T"} {
		if rapid.IntRange(0, 3).Draw(t, "tag") == 0 {
			if f.Tags == nil {
				f.Tags = make(map[string][]string)
			}
			f.Tags[name] = rapid.SliceOfN(rapid.SampledFrom([]string{"", "x", "y"}), 0, 2).Draw(t, "values")
		}
	}
	if has.Draw(t, "p") {
		if f.Tags == nil {
			f.Tags = make(map[string][]string)
		}
		f.Tags["p"] = []string{few[PubKey]().Draw(t, "p").String()}
	}
	return f
})

// genNearEvent draws events that filters of genFilter may meet.
var genNearEvent = rapid.Custom(func(t *rapid.T) *Event {
	e := &Event{
		ID:        few[ID]().Draw(t, "id"),
		PubKey:    few[PubKey]().Draw(t, "pubkey"),
		Kind:      Kind(rapid.Uint16Range(0, 3).Draw(t, "kind")),
		CreatedAt: rapid.Int64Range(0, 5).Draw(t, "created_at"),
		Tags:      Tags{},
	}
	for range rapid.IntRange(0, 4).Draw(t, "tags") {
		tag := Tag{rapid.SampledFrom([]string{"t", "d", "T", "p"}).Draw(t, "name")}
		value := rapid.OneOf(rapid.SampledFrom([]string{"", "x", "y"}), rapid.Map(few[PubKey](), PubKey.String))
		e.Tags = append(e.Tags, append(tag, rapid.SliceOfN(value, 0, 2).Draw(t, "values")...))
	}
	return e
})
