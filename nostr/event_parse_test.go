package nostr

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// stdEvent is an event as encoding/json sees it.
type stdEvent struct {
	ID        ID         `json:"id"`
	PubKey    PubKey     `json:"pubkey"`
	CreatedAt int64      `json:"created_at"`
	Kind      uint16     `json:"kind"`
	Tags      [][]string `json:"tags"`
	Content   string     `json:"content"`
	Sig       Signature  `json:"sig"`
}

func (s *stdEvent) event() *Event {
	tags := make(Tags, len(s.Tags))
	for i, tag := range s.Tags {
		tags[i] = tag
	}
	return &Event{s.ID, s.PubKey, s.CreatedAt, Kind(s.Kind), tags, s.Content, s.Sig}
}

func TestEventRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := genEvent.Draw(t, "event")
		b := e.AppendJSON(nil)
		got, err := ParseEvent(b)
		if err != nil || !reflect.DeepEqual(got, e) {
			t.Fatalf("%s: %v, %+v", b, err, got)
		}
		if got.ComputeID() != e.ComputeID() {
			t.Fatal("another id")
		}
	})
}

// What encoding/json writes, however it escapes, is read the same; what is
// written here is read the same by encoding/json.
func TestEventAgainstEncodingJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := genEvent.Draw(t, "event")
		s := &stdEvent{ID: e.ID, PubKey: e.PubKey, CreatedAt: e.CreatedAt, Kind: uint16(e.Kind), Tags: [][]string{}, Content: e.Content, Sig: e.Sig}
		for _, tag := range e.Tags {
			s.Tags = append(s.Tags, tag)
		}
		b, err := json.MarshalIndent(s, " ", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseEvent(b); err != nil || !reflect.DeepEqual(got, e) {
			t.Fatalf("%s: %v, %+v", b, err, got)
		}
		var back stdEvent
		if err := json.Unmarshal(e.AppendJSON(nil), &back); err != nil || !reflect.DeepEqual(back.event(), e) {
			t.Fatalf("%v, %+v", err, back)
		}
	})
}

func TestEventMarshalJSON(t *testing.T) {
	e, err := ParseEvent([]byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(map[string]*Event{"event": e})
	if err != nil {
		t.Fatal(err)
	}
	if value, err := json.Marshal(*e); err != nil || string(value) != sample {
		t.Errorf("as a value: %v %s", err, value)
	}
	var got map[string]*Event
	if err := json.Unmarshal(b, &got); err != nil || !reflect.DeepEqual(got["event"], e) {
		t.Fatalf("%v %+v", err, got)
	}
	if err := json.Unmarshal([]byte(`{"event":{"kind":1}}`), &got); err == nil {
		t.Error("half an event was accepted")
	}
}

// edit changes one piece of the sample event.
func edit(old, new string) []byte { return []byte(strings.Replace(sample, old, new, 1)) }

func TestParseEventAccepts(t *testing.T) {
	for name, b := range map[string][]byte{
		"unknown key":        edit(`"kind":1`, `"kind":1,"ID":"x","relays":[{"a":[-1.5e-3,0,2E+1,true,false,null,"\ud83d\ude00"]}]`),
		"white space":        edit(`"kind":1`, " \t\r\n\"kind\" : 1 "),
		"escaped key":        edit(`"kind"`, `"k\u0069nd"`),
		"deepest nesting":    edit(`"kind":1`, `"kind":1,"x":`+strings.Repeat("[", MaxDepth-1)+strings.Repeat("]", MaxDepth-1)),
		"largest time":       edit(`1644271588`, `9007199254740991`),
		"largest kind":       edit(`"kind":1`, `"kind":65535`),
		"most tags":          edit(`"tags":[]`, `"tags":[["a"]`+strings.Repeat(`,["a"]`, MaxTags-1)+`]`),
		"most tag strings":   edit(`"tags":[]`, `"tags":[["a"`+strings.Repeat(`,""`, MaxTagStrings-1)+`]]`),
		"largest event":      edit("now that", strings.Repeat("x", MaxEventSize-len(sample)+len("now that"))),
		"content before all": []byte(`{"content":"c","tags":[["t","v"]],` + sample[1:strings.Index(sample, `"tags"`)] + sample[strings.Index(sample, `"sig"`):]),
	} {
		e, err := ParseEvent(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if _, err := ParseEvent(e.AppendJSON(nil)); err != nil {
			t.Errorf("%s: not read back: %v", name, err)
		}
	}
}

// badEvents are refused in an event, and where it applies in a template (T29, T42).
var badEvents = []struct {
	name string
	b    []byte
	want error
}{
	{"empty", nil, errObject},
	{"array", []byte("[]"), errObject},
	{"null", []byte("null"), errObject},
	{"cut", []byte(sample[:200]), errJSON},
	{"cut in key", []byte(sample[:3]), errJSON},
	{"trailing data", []byte(sample + "{}"), errTrailing},
	{"trailing NUL", []byte(sample + "\x00"), errTrailing},
	{"duplicate kind", edit(`"kind":1`, `"kind":1,"kind":1`), malformed("kind appears twice")},
	{"duplicate by escape", edit(`"kind":1`, `"kind":1,"\u006bind":2`), malformed("kind appears twice")},
	{"duplicate content", edit(`"kind":1`, `"kind":1,"content":""`), malformed("content appears twice")},
	{"no kind", edit(`"kind":1,`, ``), malformed("kind is missing")},
	{"no created_at", edit(`"created_at":1644271588,`, ``), malformed("created_at is missing")},
	{"case-folded key", edit(`"kind"`, `"Kind"`), malformed("kind is missing")},
	{"fractional kind", edit(`"kind":1`, `"kind":1.0`), errKind},
	{"exponent kind", edit(`"kind":1`, `"kind":1e0`), errKind},
	{"EXPONENT kind", edit(`"kind":1`, `"kind":1E0`), errKind},
	{"large kind", edit(`"kind":1`, `"kind":65536`), errKind},
	{"huge kind", edit(`"kind":1`, `"kind":18446744073709551617`), errKind},
	{"negative kind", edit(`"kind":1`, `"kind":-1`), errKind},
	{"minus zero", edit(`"kind":1`, `"kind":-0`), errKind},
	{"leading zero", edit(`"kind":1`, `"kind":01`), errKind},
	{"quoted kind", edit(`"kind":1`, `"kind":"1"`), errKind},
	{"null kind", edit(`"kind":1`, `"kind":null`), errKind},
	{"negative time", edit(`1644271588`, `-1`), errCreatedAt},
	{"fractional time", edit(`1644271588`, `1644271588.5`), errCreatedAt},
	{"large time", edit(`1644271588`, `9007199254740992`), errCreatedAt},
	{"null content", edit(`"content":"now`, `"content":null,"x":"now`), errContent},
	{"object content", edit(`"content":"now`, `"content":{},"x":"now`), errContent},
	{"tags is a string", edit(`"tags":[]`, `"tags":""`), errTags},
	{"tag is a string", edit(`"tags":[]`, `"tags":["a"]`), errTags},
	{"number in tag", edit(`"tags":[]`, `"tags":[["a",1]]`), errTags},
	{"null in tag", edit(`"tags":[]`, `"tags":[["a",null]]`), errTags},
	{"empty tag", edit(`"tags":[]`, `"tags":[[]]`), errEmptyTag},
	{"trailing comma in tag", edit(`"tags":[]`, `"tags":[["a",]]`), errJSON},
	{"trailing comma", edit(`"tags":[]`, `"tags":[["a"],]`), errJSON},
	{"leading comma", edit(`"tags":[]`, `"tags":[,["a"]]`), errTags},
	{"wrong bracket", edit(`"tags":[]`, `"tags":[["a"}]`), errJSON},
	{"too many tags", edit(`"tags":[]`, `"tags":[["a"]`+strings.Repeat(`,["a"]`, MaxTags)+`]`), errManyTags},
	{"too many tag strings", edit(`"tags":[]`, `"tags":[["a"`+strings.Repeat(`,""`, MaxTagStrings)+`]]`), errManyTags},
	{"too deep", edit(`"kind":1`, `"kind":1,"x":`+strings.Repeat("[", MaxDepth)+strings.Repeat("]", MaxDepth)), errDepth},
	{"far too deep", edit(`"kind":1`, `"kind":1,"x":`+strings.Repeat(`{"a":`, 100000)), errDepth},
	{"too large", edit("now that", strings.Repeat("x", MaxEventSize)), ErrTooLarge},
	{"invalid UTF-8", edit("now", "n\xffw"), errUTF8},
	{"overlong UTF-8", edit("now", "n\xc0\xafw"), errUTF8},
	{"encoded surrogate", edit("now", "n\xed\xa0\x80w"), errUTF8},
	{"invalid UTF-8 in unknown key", edit(`"kind":1`, "\"kind\":1,\"\xff\":1"), errUTF8},
	{"high surrogate alone", edit("now", `n\ud83dw`), errSurrogate},
	{"low surrogate alone", edit("now", `n\ude00w`), errSurrogate},
	{"two high surrogates", edit("now", `n\ud83d\ud83dw`), errSurrogate},
	{"surrogate at the end", edit("nostr?", `\ud83d`), errSurrogate},
	{"surrogate in unknown value", edit(`"kind":1`, `"kind":1,"x":"\ud83d"`), errSurrogate},
	{"raw line break", edit("now", "n\nw"), errJSON},
	{"raw NUL", edit("now", "n\x00w"), errJSON},
	{"unknown escape", edit("now", `n\xw`), errJSON},
	{"short escape", edit("nostr?", `\u12`), errJSON},
	{"bad escape", edit("now", `n\u12g4w`), errJSON},
	{"open string", []byte(`{"content":"abc\"}`), errJSON},
	{"cut escape", []byte(`{"content":"abc\`), errJSON},
	{"number 01", edit(`"kind":1`, `"kind":1,"x":01`), errJSON},
	{"number 1.", edit(`"kind":1`, `"kind":1,"x":1.`), errJSON},
	{"number 1e", edit(`"kind":1`, `"kind":1,"x":1e`), errJSON},
	{"number +1", edit(`"kind":1`, `"kind":1,"x":+1`), errJSON},
	{"word", edit(`"kind":1`, `"kind":1,"x":nul`), errJSON},
	{"NaN", edit(`"kind":1`, `"kind":1,"x":NaN`), errJSON},
	{"no colon", edit(`"kind":1`, `"kind" 1`), errJSON},
	{"no comma", edit(`"kind":1,`, `"kind":1 `), errJSON},
	{"key without quotes", edit(`"kind"`, `kind`), errJSON},
	{"comment", edit(`"kind"`, `/**/"kind"`), errJSON},
	{"byte order mark", []byte("\ufeff" + sample), errObject},
}

// badIdentity is refused in an event, but partly not in a template.
var badIdentity = []struct {
	name string
	b    []byte
	want error
}{
	{"no id", edit(`"id"`, `"x"`), malformed("id is missing")},
	{"no sig", edit(`"sig"`, `"x"`), malformed("sig is missing")},
	{"no content", edit(`"content"`, `"x"`), malformed("content is missing")},
	{"no tags", edit(`"tags":[],`, ``), malformed("tags is missing")},
	{"null tags", edit(`"tags":[]`, `"tags":null`), errTags},
	{"upper-case id", edit("dc90c95f", "DC90C95F"), errID},
	{"short id", edit("dc90c95f", "dc90c9"), errID},
	{"long id", edit("dc90c95f", "dc90c95f00"), errID},
	{"id is a number", edit(`"id":"`, `"id":1,"x":"`), errID},
	{"pubkey not hex", edit("3bf0c63f", "3bf0c63g"), errPubKey},
	{"empty pubkey", edit("3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d", ""), errPubKey},
	{"upper-case sig", edit("230e9d8f", "230E9D8F"), errSig},
	{"sig too long", edit("230e9d8f", "230e9d8f00"), errSig},
}

func TestParseEventRefuses(t *testing.T) {
	for _, c := range append(badEvents, badIdentity...) {
		if e, err := ParseEvent(c.b); !errors.Is(err, c.want) || e != nil {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
}

// Every cut of an event is refused, and says nothing of the content.
func TestParseEventCut(t *testing.T) {
	for i := range len(sample) {
		if _, err := ParseEvent([]byte(sample[:i])); err == nil || strings.Contains(err.Error(), "blueskyweb") {
			t.Fatalf("cut at %d: %v", i, err)
		}
	}
}

// The event does not change when the buffer it was read from is used again.
func TestParseEventCopies(t *testing.T) {
	b := []byte(sample)
	e, err := ParseEvent(b)
	if err != nil {
		t.Fatal(err)
	}
	clear(b)
	if string(e.AppendJSON(nil)) != sample {
		t.Error("the event points into the buffer")
	}
}

func TestTagsDoNotGrowIntoEachOther(t *testing.T) {
	e, err := ParseEvent(edit(`"tags":[]`, `"tags":[["a","b"],["c"]]`))
	if err != nil {
		t.Fatal(err)
	}
	_ = append(e.Tags[0], "x")
	if e.Tags[1][0] != "c" {
		t.Error("appending to a tag changed the next")
	}
}

func FuzzParseEvent(f *testing.F) {
	f.Add([]byte(sample))
	for _, c := range badEvents {
		if len(c.b) < 4096 {
			f.Add(c.b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ParseEvent(b)
		if err != nil {
			return
		}
		out := e.AppendJSON(nil)
		again, err := ParseEvent(out)
		if err != nil || !reflect.DeepEqual(again, e) || again.ComputeID() != e.ComputeID() {
			t.Fatalf("%q: %v, %+v then %+v", b, err, e, again)
		}
		sameAsEncodingJSON(t, b, out)
	})
}

// sameAsEncodingJSON checks that all fields of both objects read the same by
// encoding/json, and so that nothing was accepted that is not JSON.
func sameAsEncodingJSON(t *testing.T, in, out []byte) {
	t.Helper()
	var a, b map[string]any
	for _, c := range []struct {
		b  []byte
		to *map[string]any
	}{{in, &a}, {out, &b}} {
		d := json.NewDecoder(bytes.NewReader(c.b))
		d.UseNumber()
		if err := d.Decode(c.to); err != nil {
			t.Fatalf("%q: %v", c.b, err)
		}
	}
	for _, name := range fieldNames {
		if b[name] != nil && a[name] != nil && !reflect.DeepEqual(a[name], b[name]) {
			t.Fatalf("%s: %v read as %v", name, a[name], b[name])
		}
	}
}
