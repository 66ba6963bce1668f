package nostr

import (
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestParseTemplate(t *testing.T) {
	pk := PubKey{31: 1}
	for _, c := range []struct {
		name, in string
		want     *Template
	}{
		{"least", `{"kind":0,"created_at":0}`, &Template{Tags: Tags{}}},
		{"null tags", `{"kind":1,"created_at":2,"tags":null,"content":"x"}`, &Template{CreatedAt: 2, Kind: 1, Tags: Tags{}, Content: "x"}},
		{"stale id and sig", `{"id":"","sig":"zz","kind":1,"created_at":2,"pubkey":""}`, &Template{CreatedAt: 2, Kind: 1, Tags: Tags{}}},
		{"author", `{"kind":1,"created_at":2,"pubkey":"` + pk.String() + `"}`, &Template{CreatedAt: 2, Kind: 1, Tags: Tags{}, PubKey: &pk}},
		{"content and tags", `{"content":"\ud83d\ude00","tags":[["a","b"],["c"]],"kind":1,"created_at":2}`, &Template{CreatedAt: 2, Kind: 1, Tags: Tags{{"a", "b"}, {"c"}}, Content: "😀"}},
		{"whole event", sample, &Template{CreatedAt: 1644271588, Kind: 1, Tags: Tags{}, Content: "now that https://blueskyweb.org/blog/2-7-2022-overview was announced we can stop working on nostr?",
			PubKey: new(hexPubKey("3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d"))}},
	} {
		if got, err := ParseTemplate([]byte(c.in)); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %v %+v", c.name, err, got)
		}
	}
}

func hexPubKey(s string) (pk PubKey) {
	if err := pk.UnmarshalText([]byte(s)); err != nil {
		panic(err)
	}
	return pk
}

func TestParseTemplateRefuses(t *testing.T) {
	for _, c := range badEvents {
		if tpl, err := ParseTemplate(c.b); !errors.Is(err, c.want) || tpl != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	for _, c := range []struct{ name, in, want string }{
		{"no kind", `{"created_at":1}`, "kind is missing"},
		{"no time", `{"kind":1}`, "created_at is missing"},
		{"kind twice", `{"kind":1,"kind":1,"created_at":1}`, "kind appears twice"},
		{"id twice", `{"id":"","id":"","kind":1,"created_at":1}`, "id appears twice"},
		{"id a number", `{"id":1,"kind":1,"created_at":1}`, "id or sig is not a string"},
		{"sig null", `{"sig":null,"kind":1,"created_at":1}`, "id or sig is not a string"},
		{"pubkey null", `{"pubkey":null,"kind":1,"created_at":1}`, "pubkey is not 64 lower-case hex digits"},
		{"pubkey short", `{"pubkey":"00","kind":1,"created_at":1}`, "pubkey is not 64 lower-case hex digits"},
		{"tags null null", `{"tags":nullnull,"kind":1,"created_at":1}`, "not valid JSON"},
		{"tags nil", `{"tags":nil,"kind":1,"created_at":1}`, "not valid JSON"},
		{"empty", ``, "not a JSON object"},
	} {
		if _, err := ParseTemplate([]byte(c.in)); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

var genTemplate = rapid.Custom(func(t *rapid.T) *Template {
	e := genEvent.Draw(t, "event")
	tpl := &Template{CreatedAt: e.CreatedAt, Kind: e.Kind, Tags: e.Tags, Content: e.Content}
	if rapid.Bool().Draw(t, "author") {
		tpl.PubKey = &e.PubKey
	}
	return tpl
})

func TestTemplateRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tpl := genTemplate.Draw(t, "template")
		b := tpl.AppendJSON(nil)
		if got, err := ParseTemplate(b); err != nil || !reflect.DeepEqual(got, tpl) {
			t.Fatalf("%s: %v %+v", b, err, got)
		}
	})
}

// Nothing but the app changes an event: every field is signed as it came.
func TestSignChangesNothing(t *testing.T) {
	kp := testKeypair(t)
	rapid.Check(t, func(t *rapid.T) {
		tpl := genTemplate.Draw(t, "template")
		tpl.PubKey = nil
		e, err := tpl.Sign(kp, false)
		if err != nil {
			t.Fatal(err)
		}
		if e.CreatedAt != tpl.CreatedAt || e.Kind != tpl.Kind || e.Content != tpl.Content || !reflect.DeepEqual(e.Tags, tpl.Tags) {
			t.Fatalf("%+v became %+v", tpl, e)
		}
		if e.PubKey != kp.PublicKey() || e.ID != e.ComputeID() {
			t.Fatal("another author or id")
		}
	})
}

func FuzzParseTemplate(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte(`{"kind":1,"created_at":2,"tags":null,"pubkey":"","id":"","sig":""}`))
	f.Add([]byte(`{"content":"\ud83d\ude00","tags":[["a","b"],["c"]],"kind":1,"created_at":2}`))
	for _, c := range badEvents {
		if len(c.b) < 4096 {
			f.Add(c.b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		tpl, err := ParseTemplate(b)
		if err != nil {
			return
		}
		e := &Event{CreatedAt: tpl.CreatedAt, Kind: tpl.Kind, Tags: tpl.Tags, Content: tpl.Content}
		if err := e.check(); err != nil && !errors.Is(err, ErrTooLarge) {
			t.Fatalf("%q is parsed but not signed: %v", b, err)
		}
		out := tpl.AppendJSON(nil)
		again, err := ParseTemplate(out)
		if err != nil || !reflect.DeepEqual(again, tpl) {
			t.Fatalf("%q: %v, %+v then %+v", b, err, tpl, again)
		}
		sameAsEncodingJSON(t, b, out)
	})
}
